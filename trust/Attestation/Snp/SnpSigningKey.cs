namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Which key signs a report (SIGNING_KEY of KEY_INFO).</summary>
public enum SnpSigningKey
{
    /// <summary>The key of one chip at one TCB.</summary>
    Vcek = 0,

    /// <summary>A key that AMD gave to a cloud provider for its chips.</summary>
    Vlek = 1,

    /// <summary>None: the report is not signed.</summary>
    None = 7,
}
