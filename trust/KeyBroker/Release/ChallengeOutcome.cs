using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>A session with its challenge, or why there is none.</summary>
internal sealed record ChallengeOutcome(Session? Session, string Cookie, byte[] Challenge, Refusal? Refusal)
{
    public static ChallengeOutcome Refused(Refusal refusal) => new(null, "", [], refusal);
}
