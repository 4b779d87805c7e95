using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Rendering.Platforms;

/// <summary>Intel TDX guests of Kata; the initdata's digest is in MRCONFIGID, filled with zeros.</summary>
internal sealed class TdxPlatform : IPlatform
{
    /// <inheritdoc/>
    public string Type => TeeSpec.Tdx;

    /// <inheritdoc/>
    public PodLayout Arrange(ModelFacts facts, PodLayout pod) => KataGuest.Arrange(pod, "kata-qemu-tdx", 2048);
}
