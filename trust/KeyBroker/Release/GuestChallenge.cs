using ConfidentialOperator.Attestation;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The first step of the handshake: a nonce, bound to the protocol version and the TEE kind that the guest states.</summary>
internal sealed class GuestChallenge(SessionStore sessions, Telemetry telemetry)
{
    public async Task<ChallengeOutcome> OpenAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!KbsRequest.TryParse(body, out KbsRequest? request, out Refusal? refusal))
        {
            return ChallengeOutcome.Refused(refusal);
        }

        if (!KbsVersion.IsSpoken(request.Version))
        {
            return ChallengeOutcome.Refused(new(RefusalReason.ProtocolVersionNotSupported,
                $"This broker speaks the KBS protocol {KbsVersion.Current} and {KbsVersion.Older}, not the version of the request."));
        }

        // A broker has no switch that lets samples through: a key is released to hardware, or to a development root that was configured.
        if (!EvidenceReader.CanRead(request.Tee) || request.Tee == TeeKind.Sample)
        {
            return ChallengeOutcome.Refused(new(RefusalReason.EvidenceKindNotAccepted, $"This broker accepts evidence of {string.Join(", ", EvidenceReader.Kinds.Where(kind => kind != TeeKind.Sample.ToWire()))} only."));
        }

        (string Cookie, Session Session)? opened = await sessions.OpenAsync(
            request.Tee, request.Version, GuestLabelReader.Read(request.ExtraParameters), cancellationToken).ConfigureAwait(false);
        if (opened is null)
        {
            return ChallengeOutcome.Refused(new(RefusalReason.RateLimited, "Too many sessions are open."));
        }

        telemetry.Challenge(request.Tee);
        byte[] challenge = KbsChallenge.From(opened.Value.Session.Nonce).ToJson();
        return new ChallengeOutcome(opened.Value.Session, opened.Value.Cookie, challenge, null);
    }
}
