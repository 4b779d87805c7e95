namespace ConfidentialOperator.Attestation.Snp;

/// <summary>What is known about revocation of the intermediate that issued the chip's certificate.</summary>
/// <param name="IsCurrent">Whether a list of the root, signed by it and current, was looked at and does not name the intermediate.</param>
/// <param name="Found">What was found, for people.</param>
public sealed record SnpRevocationFinding(bool IsCurrent, string Found);
