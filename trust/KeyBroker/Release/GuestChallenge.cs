using System.Text.Encodings.Web;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Seams;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>The first step of the handshake: a nonce, bound to the protocol version and the TEE kind that the guest states.</summary>
internal sealed class GuestChallenge(SessionStore sessions, Telemetry telemetry)
{
    private static readonly string[] s_versions = ["0.4.0", "0.2.0"];
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<ChallengeOutcome> OpenAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!KbsRequest.TryParse(body, out KbsRequest? request, out Refusal? refusal))
        {
            return ChallengeOutcome.Refused(refusal);
        }

        if (!s_versions.Contains(request.Version))
        {
            return ChallengeOutcome.Refused(new(RefusalReason.ProtocolVersionNotSupported,
                $"This broker speaks the KBS protocol {string.Join(" and ", s_versions)}, not the version of the request."));
        }

        if (request.Tee != TeeKind.Snp)
        {
            return ChallengeOutcome.Refused(new(RefusalReason.EvidenceKindNotAccepted, "This broker accepts evidence of 'snp' only."));
        }

        (string Cookie, Session Session)? opened = await sessions.OpenAsync(
            request.Tee, request.Version, GuestLabelReader.Read(request.ExtraParams), cancellationToken).ConfigureAwait(false);
        if (opened is null)
        {
            return ChallengeOutcome.Refused(new(RefusalReason.RateLimited, "Too many sessions are open."));
        }

        telemetry.Challenge(request.Tee);
        byte[] challenge = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
        {
            ["nonce"] = Convert.ToBase64String(opened.Value.Session.Nonce),
            ["extra-params"] = "",
        }, s_json);
        return new ChallengeOutcome(opened.Value.Session, opened.Value.Cookie, challenge, null);
    }
}
