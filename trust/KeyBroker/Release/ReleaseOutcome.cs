using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A resource wrapped for one guest, or why it was not released.</summary>
internal sealed record ReleaseOutcome(byte[] Jwe, string PolicySha256, Refusal? Refusal)
{
    public static ReleaseOutcome Refused(Refusal refusal) => new([], "", refusal);
}
