using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.KeyBroker.Access;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.KeyBroker.Policies;

/// <summary>
/// The owners' policies. An envelope is opened under the owners of this moment at every use, not only when it came: neither a row written
/// into the database nor a key that was taken away since gives a policy force.
/// </summary>
internal sealed class PolicyBook(
    PolicyStore store, OwnerDirectory owners, AuditLog audit, TimeProvider time, Telemetry telemetry, ILogger<PolicyBook> logger)
{
    /// <summary>Puts a signed policy in force; null, or why it is refused.</summary>
    public async Task<Refusal?> AcceptAsync(string tenant, string model, byte[] envelope, CancellationToken cancellationToken)
    {
        if (!KbsResourceUri.IsPart(model) || !owners.Exists(tenant))
        {
            return new(RefusalReason.PolicySignatureInvalid, $"There are no owners for tenant '{tenant}', so nobody can sign for it.");
        }

        Refusal? refusal = Open(tenant, model, envelope, out SignedTrustPolicy? policy);
        if (refusal is null)
        {
            var stored = new StoredPolicy(tenant, model, policy!.Policy.PolicyVersion, envelope, policy.Sha256.ToString());
            AuditEntry accepted = Entry(tenant, model, policy, AuditEvent.PolicyAccepted);
            refusal = await store.TryReplaceAsync(stored, policy.Policy.Resources.Select(resource => resource.ToString()), accepted, cancellationToken).ConfigureAwait(false);
        }

        if (refusal is null)
        {
            logger.PolicyInForce(policy!.Policy.PolicyVersion, tenant, model, policy.Sha256.ToString());
            return null;
        }

        logger.PolicyRefused(tenant, model, refusal.Reason);
        AuditEntry refused = Entry(tenant, model, policy, AuditEvent.PolicyRefused) with { Reason = refusal.Reason, Message = refusal.Message };
        await audit.AppendRefusalOfStrangerAsync(refused).ConfigureAwait(false);
        return refusal;
    }

    /// <summary>The policies that may decide about a resource now; when there is none, why.</summary>
    public IReadOnlyList<SignedTrustPolicy> ForResource(KbsResourceUri resource, out Refusal? refusal)
    {
        refusal = new(RefusalReason.ResourceNotFound, $"No policy in force lists {resource}.");
        List<SignedTrustPolicy> policies = [];
        foreach (StoredPolicy stored in store.ForResource(resource))
        {
            Refusal? fault = Open(stored.Tenant, stored.Model, stored.Envelope, out SignedTrustPolicy? policy);
            if (fault is null && policy!.Policy.Resources.Contains(resource))
            {
                policies.Add(policy);
            }
            else if (fault is not null)
            {
                telemetry.Policy(fault);
                refusal = fault;
            }
        }

        refusal = policies.Count > 0 ? null : refusal;
        return policies;
    }

    /// <summary>The policy of a model that may decide now.</summary>
    public bool TryFind(string tenant, string model, [NotNullWhen(true)] out SignedTrustPolicy? policy, [NotNullWhen(false)] out Refusal? refusal)
    {
        policy = null;
        refusal = store.Find(tenant, model) is StoredPolicy stored
            ? Open(stored.Tenant, stored.Model, stored.Envelope, out policy)
            : new(RefusalReason.PolicyNotFound, $"No policy is in force for model '{model}' of tenant '{tenant}'.");
        return refusal is null && policy is not null;
    }

    /// <summary>What the broker says of a model, without its replicas.</summary>
    public bool TryDescribe(string tenant, string model, [NotNullWhen(true)] out BrokerStatement? statement, [NotNullWhen(false)] out Refusal? refusal)
    {
        statement = null;
        if (!TryFind(tenant, model, out SignedTrustPolicy? policy, out refusal))
        {
            return false;
        }

        statement = new BrokerStatement
        {
            Tenant = tenant,
            Model = model,
            PolicyVersion = policy.Policy.PolicyVersion,
            PolicySha256 = policy.Sha256.ToString(),
            NotAfter = policy.Policy.NotAfter.ToUnixTimeSeconds(),
            Development = policy.Policy.Development,
        };
        return true;
    }

    private Refusal? Open(string tenant, string model, byte[] envelope, out SignedTrustPolicy? policy)
    {
        IReadOnlyList<OwnerPublicKey> keys = owners.Owners(tenant);
        if (!TrustPolicy.TryOpen(envelope, keys, out policy, out Refusal? refusal))
        {
            return refusal;
        }

        if (policy.Policy.Tenant != tenant || policy.Policy.Model != model)
        {
            return new(RefusalReason.PolicyModelMismatch, $"The policy is for {policy.Policy.Tenant}/{policy.Policy.Model}, not for {tenant}/{model}.");
        }

        return CheckResources(policy.Policy) ?? policy.CheckTime(time.GetUtcNow());
    }

    /// <summary>A tenant's owners speak for the tenant's resources only: asked at every use, since it is what keeps tenants apart.</summary>
    private static Refusal? CheckResources(TrustPolicy policy)
    {
        KbsResourceUri? foreign = policy.Resources.FirstOrDefault(resource => resource.Repository != policy.Tenant);
        return foreign is null ? null
            : new(RefusalReason.PolicyInvalid, $"The policy lists {foreign}, which is not a resource of tenant '{policy.Tenant}'.");
    }

    private static AuditEntry Entry(string tenant, string model, SignedTrustPolicy? policy, AuditEvent happened) => new(tenant, happened)
    {
        Model = model,
        PolicyVersion = policy?.Policy.PolicyVersion ?? 0,
        PolicySha256 = policy?.Sha256.ToString() ?? "",
        Development = policy?.Policy.Development ?? false,
    };
}
