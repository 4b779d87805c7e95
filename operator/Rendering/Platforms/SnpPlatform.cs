using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>AMD SEV-SNP guests of Kata; the initdata's digest is in HOST_DATA.</summary>
internal sealed class SnpPlatform : IPlatform
{
    /// <inheritdoc/>
    public string Type => TeeSpec.Snp;

    /// <inheritdoc/>
    public PodLayout Arrange(ModelFacts facts, PodLayout pod) => KataGuest.Arrange(pod, "kata-qemu-snp", 2048);
}
