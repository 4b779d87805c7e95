using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>Which product a processor is of, by CPUID. Siena and Bergamo (19h, A0h) are endorsed below Genoa's root, dense Turin (1Ah, 11h) below Turin's.</summary>
internal static class SnpProcessor
{
    public static SnpProduct? Product(byte family, byte model) => (family, model) switch
    {
        (0x19, <= 0x0F) => SnpProduct.Milan,
        (0x19, (>= 0x10 and <= 0x1F) or (>= 0xA0 and <= 0xAF)) => SnpProduct.Genoa,
        (0x1A, <= 0x1F) => SnpProduct.Turin,
        _ => null,
    };
}
