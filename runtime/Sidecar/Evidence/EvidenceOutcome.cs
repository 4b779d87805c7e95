using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>Evidence or the reason why there is none.</summary>
internal sealed record EvidenceOutcome
{
    /// <summary>Gets the evidence: JSON of Confidential Containers.</summary>
    public ByteString Json { get; private init; } = ByteString.Empty;

    /// <summary>Gets the launch measurement in lower-case hex; empty when the kind of evidence is not read here.</summary>
    public string Measurement { get; private init; } = "";

    public Refusal? Refusal { get; private init; }

    public static EvidenceOutcome Of(ReadOnlySpan<byte> json, string measurement) => new() { Json = new ByteString(json), Measurement = measurement };

    public static EvidenceOutcome Unavailable(string message) => new() { Refusal = new(RefusalReason.EvidenceUnavailable, message) };
}
