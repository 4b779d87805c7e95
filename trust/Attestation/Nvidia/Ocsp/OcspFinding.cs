namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>What somebody says about a certificate.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Fault">What is wrong with whoever says it; empty when nothing is.</param>
internal sealed record OcspFinding(OcspAnswer Answer, string Fault);
