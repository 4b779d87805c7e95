namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>The kinds of TEE that the protocol can name and the broker knows.</summary>
internal enum TeeKind
{
    Unknown = 0,
    Snp = 1,
    Tdx = 2,
    AzureSnp = 3,
    AzureTdx = 4,
    Sample = 5,
    Nitro = 6,
}
