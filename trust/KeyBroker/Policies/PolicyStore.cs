using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Policies;

/// <summary>The policy in force of each model. It keeps envelopes; whether one may decide is checked at each use (<see cref="PolicyBook"/>).</summary>
internal sealed class PolicyStore(BrokerDatabase database, AuditLog audit, TimeProvider time)
{
    private const string Columns = "tenant, model, version, envelope, payload_sha256";

    public StoredPolicy? Find(string tenant, string model) => database.Read(connection => Find(connection, tenant, model));

    /// <summary>The policies in force that list a resource: most often one, several when models share a caller list.</summary>
    public IReadOnlyList<StoredPolicy> ForResource(KbsResourceUri resource) => database.Read(connection =>
    {
        using SqliteCommand command = connection.Command(
            $"SELECT {Columns} FROM policies JOIN policy_resources USING (tenant, model) WHERE resource = $resource ORDER BY tenant, model",
            ("$resource", resource.ToString()));
        using SqliteDataReader reader = command.ExecuteReader();
        List<StoredPolicy> policies = [];
        while (reader.Read())
        {
            policies.Add(ReadRow(reader));
        }

        return policies;
    });

    /// <summary>
    /// Puts a policy in force. Null when it is, or already was; a refusal when a newer one, or another one of the same version, stands
    /// there. Asking and replacing are one transaction, so two uploads cannot pass each other.
    /// </summary>
    public Task<Refusal?> TryReplaceAsync(StoredPolicy policy, IEnumerable<string> resources, AuditEntry entry, CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Disk, connection => Replace(connection, policy, resources, entry), cancellationToken);

    private Refusal? Replace(SqliteConnection connection, StoredPolicy policy, IEnumerable<string> resources, AuditEntry entry)
    {
        StoredPolicy? inForce = Find(connection, policy.Tenant, policy.Model);
        if (inForce is not null && inForce.Version >= policy.Version)
        {
            return inForce.Version == policy.Version && inForce.PayloadSha256 == policy.PayloadSha256 ? null : new(RefusalReason.PolicyRolledBack,
                $"Policy version {inForce.Version} is in force; version {policy.Version} cannot replace it. Sign a version above {inForce.Version}.");
        }

        connection.Execute("""
            INSERT INTO policies (tenant, model, version, envelope, payload_sha256, stored_at) VALUES ($tenant, $model, $version, $envelope, $sha, $at)
            ON CONFLICT (tenant, model) DO UPDATE SET version = $version, envelope = $envelope, payload_sha256 = $sha, stored_at = $at
            """,
            ("$tenant", policy.Tenant), ("$model", policy.Model), ("$version", policy.Version), ("$envelope", policy.Envelope),
            ("$sha", policy.PayloadSha256), ("$at", time.GetUtcNow().ToUnixTimeSeconds()));
        connection.Execute("DELETE FROM policy_resources WHERE tenant = $tenant AND model = $model", ("$tenant", policy.Tenant), ("$model", policy.Model));
        foreach (string resource in resources)
        {
            connection.Execute("INSERT OR IGNORE INTO policy_resources (resource, tenant, model) VALUES ($resource, $tenant, $model)",
                ("$resource", resource), ("$tenant", policy.Tenant), ("$model", policy.Model));
        }

        audit.Append(connection, entry);
        return null;
    }

    private static StoredPolicy? Find(SqliteConnection connection, string tenant, string model)
    {
        using SqliteCommand command = connection.Command(
            $"SELECT {Columns} FROM policies WHERE tenant = $tenant AND model = $model", ("$tenant", tenant), ("$model", model));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? ReadRow(reader) : null;
    }

    private static StoredPolicy ReadRow(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.Blob(3), reader.GetString(4));
}
