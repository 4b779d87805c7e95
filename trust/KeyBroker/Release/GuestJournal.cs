using ConfidentialOperator.KeyBroker.Access;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Policies;
using ConfidentialOperator.KeyBroker.Status;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>Writes what became of a guest: into the audit log of its tenant, and into the status of its model.</summary>
internal sealed class GuestJournal(AuditLog audit, ReplicaStore replicas, PolicyStore policies, OwnerDirectory owners, TimeProvider time)
{
    public Task AttestedAsync(GuestRecord guest, CancellationToken cancellationToken) =>
        audit.AppendAsync(Entry(guest, AuditEvent.Attested, null), cancellationToken);

    /// <summary>Records a release; when this fails, the key is not sent.</summary>
    public async Task ReleasedAsync(GuestRecord guest, KbsResourceUri resource, CancellationToken cancellationToken)
    {
        AuditEntry entry = Entry(guest, AuditEvent.Released, resource) with { Reason = RefusalReason.KeyReleased, Message = "The resource was released." };
        await audit.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        await StateAsync(guest, "Released", RefusalReason.KeyReleased, entry.Message).ConfigureAwait(false);
    }

    /// <summary>Records a refusal. It takes no token: a guest that hangs up at once is recorded all the same.</summary>
    public async Task RefusedAsync(GuestRecord guest, KbsResourceUri? resource, Refusal refusal)
    {
        string tenant = guest.Policy is null && resource is not null ? resource.Repository : guest.Tenant;
        if (owners.Exists(tenant))
        {
            AuditEntry entry = Entry(guest, AuditEvent.Refused, resource) with { Tenant = tenant, Reason = refusal.Reason, Message = refusal.Message };
            await (guest.IsAuthentic ? audit.AppendRefusalOfGuestAsync(entry) : audit.AppendRefusalOfStrangerAsync(entry)).ConfigureAwait(false);
        }

        await StateAsync(guest, "Refused", refusal.Reason, refusal.Message).ConfigureAwait(false);
    }

    /// <summary>A replica is known by its label only, and only below a model that has a policy: strangers cannot fill the status.</summary>
    private async Task StateAsync(GuestRecord guest, string outcome, RefusalReason reason, string message)
    {
        string replica = guest.Session.Label.Replica;
        if (replica.Length == 0 || policies.Find(guest.Tenant, guest.Model) is null)
        {
            return;
        }

        await replicas.RecordAsync(guest.Tenant, guest.Model, new ReplicaAttestation
        {
            Replica = replica,
            Outcome = outcome,
            Reason = reason.ToString(),
            Message = message,
            Measurement = guest.Facts.Measurement,
            InitDataSha256 = guest.Facts.InitDataSha256,
            Tcb = guest.Facts.Tcb,
            TeeKind = guest.Session.Tee.ToString(),
            At = time.GetUtcNow().ToUnixTimeSeconds(),
        }, guest.IsAuthentic, CancellationToken.None).ConfigureAwait(false);
    }

    private static AuditEntry Entry(GuestRecord guest, AuditEvent happened, KbsResourceUri? resource) => new(guest.Tenant, happened)
    {
        Model = guest.Model,
        Resource = resource?.ToString() ?? "",
        Replica = guest.Session.Label.Replica,
        Subject = guest.TeeKeySha256,
        Tee = guest.Session.Tee.ToString(),
        Measurement = guest.Facts.Measurement,
        InitDataSha256 = guest.Facts.InitDataSha256,
        PolicyVersion = guest.Policy?.Policy.PolicyVersion ?? 0,
        PolicySha256 = guest.Policy?.Sha256.ToString() ?? "",
        Development = guest.Facts.Development,
    };
}
