using ConfidentialOperator.Attestation;
using ConfidentialOperator.KeyBroker.Keys;
using ConfidentialOperator.KeyBroker.Policies;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>
/// The only place where a key leaves the store. Released = the evidence of the session is authentic, a policy in force lists the resource,
/// every rule of that policy accepts the evidence (the proof is an <see cref="AttestedWorkload"/>), the initdata names the model and the resource, approvals are complete, and the audit
/// log holds the record. Everything is asked anew for each release: nothing is remembered as "already verified".
/// </summary>
internal sealed class KeyRelease(
    PolicyBook book, GuestAppraiser appraiser, IKeyStore keys, GuestJournal journal, Telemetry telemetry, ILogger<KeyRelease> logger)
{
    public async Task<ReleaseOutcome> ReleaseAsync(Session session, KbsResourceUri resource, CancellationToken cancellationToken)
    {
        if (!GuestAnswer.TryRead(session, session.Attestation, out GuestAnswer? answer, out Refusal? refusal))
        {
            return ReleaseOutcome.Refused(refusal);
        }

        AttestedWorkload? workload = null;
        Outcome<AuthenticGuest> outcome = await appraiser.AuthenticateAsync(answer, cancellationToken).ConfigureAwait(false);
        (AuthenticGuest? authentic, refusal) = (outcome.Value, outcome.Refusal);
        if (authentic is not null)
        {
            workload = Decide(authentic, answer, resource, session.Label, out refusal);
        }

        var guest = new GuestRecord(session, answer.TeeKey.Sha256.ToString(), authentic?.Facts ?? GuestFacts.Unknown, workload?.Policy);
        using SecretKey? key = workload is null ? null : keys.Find(resource);
        if (workload is null || key is null)
        {
            refusal ??= new(RefusalReason.ResourceNotFound, $"There is no resource {resource}: its owner has not stored it.");
            await journal.RefusedAsync(guest, resource, refusal).ConfigureAwait(false);
            return ReleaseOutcome.Refused(refusal);
        }

        byte[] jwe = Jwe.Seal(key.Span, answer.TeeKey);
        await journal.ReleasedAsync(guest, resource, cancellationToken).ConfigureAwait(false);
        telemetry.Read(resource.ToString());
        SignedTrustPolicy policy = workload.Policy;
        logger.KeyReleased(resource.ToString(), policy.Policy.Tenant, policy.Policy.Model, guest.Facts.Measurement, policy.Policy.PolicyVersion);
        return new ReleaseOutcome(jwe, policy.Sha256.ToString(), null);
    }

    /// <summary>
    /// Finds the policy that releases the resource. Models of a tenant may share one (a caller list): then each policy is asked in full,
    /// and the refusal is that of the model that the guest names.
    /// </summary>
    private AttestedWorkload? Decide(AuthenticGuest authentic, GuestAnswer answer, KbsResourceUri resource, GuestLabel label, out Refusal? refusal)
    {
        string named = answer.Binding?.Model ?? label.Model;
        Refusal? first = null;
        foreach (SignedTrustPolicy policy in book.ForResource(resource, out refusal).OrderBy(policy => policy.Policy.Model == named ? 0 : 1))
        {
            bool accepted = PolicyDecision.TryAccept(authentic.Appraise(policy), answer, policy, resource, out AttestedWorkload? workload, out Refusal? fault);
            telemetry.Policy(fault);
            if (accepted)
            {
                refusal = null;
                return workload;
            }

            first ??= fault;
        }

        refusal = first ?? refusal;
        return null;
    }
}
