namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The demand that a device's measurements are those that NVIDIA signed for its driver or its VBIOS.</summary>
/// <param name="ExpiredSigner">Whether reference values are accepted whose signer's certificate has run out; NVIDIA's last two years.</param>
public sealed record GpuReferenceValues(bool ExpiredSigner);
