using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.KeyBroker.Policies;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Tokens;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>
/// The second step of the handshake. Evidence that is not authentic ends here. Authentic evidence gets a token that says what the policy
/// of the model thinks of it; whether a key is released is decided when one is asked for.
/// </summary>
internal sealed class GuestAttestation(
    SessionStore sessions, GuestAppraiser appraiser, PolicyBook book, GuestJournal journal, EarToken tokens, Telemetry telemetry)
{
    public async Task<AttestationOutcome> AcceptAsync(Session session, byte[] body, CancellationToken cancellationToken)
    {
        if (!await sessions.TryUseNonceAsync(session, cancellationToken).ConfigureAwait(false))
        {
            return new("", new(RefusalReason.NonceMismatch, "The session's nonce was used already; begin again with /auth."));
        }

        AuthenticGuest? authentic = null;
        if (GuestAnswer.TryRead(session, body, out GuestAnswer? answer, out Refusal? refusal))
        {
            Outcome<AuthenticGuest> outcome = await appraiser.AuthenticateAsync(answer, cancellationToken).ConfigureAwait(false);
            (authentic, refusal) = (outcome.Value, outcome.Refusal);
        }

        telemetry.Attestation(session.Tee, refusal);
        if (authentic is null)
        {
            var unknown = new GuestRecord(session, answer?.TeeKey.Sha256.ToString() ?? "", GuestFacts.Unknown, null);
            await journal.RefusedAsync(unknown, null, refusal!).ConfigureAwait(false);
            return new("", refusal);
        }

        return await KeepAsync(session, body, answer!, authentic, cancellationToken).ConfigureAwait(false);
    }

    private async Task<AttestationOutcome> KeepAsync(
        Session session, byte[] body, GuestAnswer answer, AuthenticGuest authentic, CancellationToken cancellationToken)
    {
        // What the hardware measured says more than what the guest said before it proved anything.
        GuestLabel label = answer.Binding is { } binding ? session.Label with { Tenant = binding.Tenant, Model = binding.Model } : session.Label;
        Session labelled = session with { Label = label };
        Verdict<AttestedWorkload>? verdict = book.TryFind(label.Tenant, label.Model, out SignedTrustPolicy? policy, out Refusal? fault) ? authentic.Appraise(policy) : null;
        bool isAffirmed = verdict is not null && PolicyDecision.TryAccept(verdict, answer, policy!, null, out _, out fault);
        telemetry.Policy(fault);
        if (!await sessions.TryKeepAsync(session, body, label, cancellationToken).ConfigureAwait(false))
        {
            return new("", new(RefusalReason.SessionExpired, "The session was revoked, or no room is left for its evidence; begin again with /auth."));
        }

        var guest = new GuestRecord(labelled, answer.TeeKey.Sha256.ToString(), authentic.Facts, policy);
        if (isAffirmed)
        {
            await journal.AttestedAsync(guest, cancellationToken).ConfigureAwait(false);
        }
        else if (label != GuestLabel.None)
        {
            await journal.RefusedAsync(guest, null, fault!).ConfigureAwait(false);
        }

        JsonObject claims = authentic.ToEar(verdict?.Appraisal, isAffirmed, label.Model.Length > 0 ? $"{label.Tenant}/{label.Model}" : "default");
        string token = tokens.Issue(labelled, claims, Convert.ToBase64String(session.Nonce), answer.TeeKey.CanonicalJson);
        return new(token, null);
    }
}
