namespace ConfidentialOperator.Attestation;

/// <summary>Who makes hardware and vouches for it with a root of its own.</summary>
internal enum Vendor
{
    /// <summary>AMD: SEV-SNP.</summary>
    Amd = 1,

    /// <summary>Intel: TDX.</summary>
    Intel = 2,

    /// <summary>AWS: Nitro Enclaves.</summary>
    Aws = 3,

    /// <summary>NVIDIA: identities of GPUs and switches.</summary>
    NvidiaDevice = 4,

    /// <summary>NVIDIA: signatures of reference values (RIM).</summary>
    NvidiaReferenceValues = 5,
}
