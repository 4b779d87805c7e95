namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>The kinds of trusted execution environment that the protocol can name.</summary>
public enum TeeKind
{
    /// <summary>A name that is not known.</summary>
    Unknown = 0,

    /// <summary>AMD SEV-SNP.</summary>
    Snp = 1,

    /// <summary>Intel TDX.</summary>
    Tdx = 2,

    /// <summary>AMD SEV-SNP below an Azure paravisor.</summary>
    AzureSnp = 3,

    /// <summary>Intel TDX below an Azure paravisor.</summary>
    AzureTdx = 4,

    /// <summary>The sample of Confidential Containers: proves nothing.</summary>
    Sample = 5,

    /// <summary>AWS Nitro Enclaves.</summary>
    Nitro = 6,
}
