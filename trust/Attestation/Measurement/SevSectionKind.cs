namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>What a section of SEV metadata is for.</summary>
internal enum SevSectionKind
{
    Memory = 1,
    Secrets = 2,
    Cpuid = 3,
    ServiceCallArea = 4,
    KernelHashes = 0x10,
}
