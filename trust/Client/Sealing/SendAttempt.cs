using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client.Sealing;

/// <summary>What became of one sealing of a request.</summary>
internal sealed record SendAttempt(SendResult Result, ByteString? KeysetSha256)
{
    /// <summary>Gets whether the endpoint does not have the key any more, which is the one refusal that a new verification can mend.</summary>
    public bool KeyIsGone => Result.Refusal?.Reason == RefusalReason.KeyConfigurationExpired;

    public static SendAttempt Refused(Refusal refusal) => new(SendResult.Refused(refusal), null);
}
