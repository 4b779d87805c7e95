using System.Text.Json;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Status;

/// <summary>The newest outcome of each replica of a model, for the status. The replica's name is what the guest says, so their number is bounded.</summary>
internal sealed class ReplicaStore(BrokerDatabase database, TimeProvider time, IOptions<KeyBrokerOptions> options)
{
    /// <summary>
    /// Records an outcome. What no hardware vouched for does not replace what it did vouch for: a stranger who borrows a replica's name cannot
    /// paint it refused.
    /// </summary>
    public Task RecordAsync(string tenant, string model, ReplicaAttestation statement, bool authentic, CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Process, connection => Record(connection, tenant, model, statement, authentic), cancellationToken);

    public IReadOnlyList<ReplicaAttestation> Read(string tenant, string model) => database.Read(connection =>
    {
        using SqliteCommand command = connection.Command(
            "SELECT statement FROM replicas WHERE tenant = $tenant AND model = $model ORDER BY replica", ("$tenant", tenant), ("$model", model));
        using SqliteDataReader reader = command.ExecuteReader();
        List<ReplicaAttestation> statements = [];
        while (reader.Read())
        {
            statements.Add(JsonSerializer.Deserialize<ReplicaAttestation>(reader.Blob(0))!);
        }

        return statements;
    });

    public static int Forget(SqliteConnection connection, string tenant, string model, string replica) =>
        connection.Execute("DELETE FROM replicas WHERE tenant = $tenant AND model = $model AND replica = $replica",
            ("$tenant", tenant), ("$model", model), ("$replica", replica));

    public static int ForgetAll(SqliteConnection connection, string tenant, string model) =>
        connection.Execute("DELETE FROM replicas WHERE tenant = $tenant AND model = $model", ("$tenant", tenant), ("$model", model));

    private int Record(SqliteConnection connection, string tenant, string model, ReplicaAttestation statement, bool authentic)
    {
        connection.Execute("""
            INSERT INTO replicas (tenant, model, replica, at, authentic, statement) VALUES ($tenant, $model, $replica, $at, $authentic, $statement)
            ON CONFLICT (tenant, model, replica) DO UPDATE SET at = $at, authentic = $authentic, statement = $statement WHERE $authentic >= authentic
            """,
            ("$tenant", tenant), ("$model", model), ("$replica", statement.Replica), ("$at", time.GetUtcNow().ToUnixTimeMilliseconds()),
            ("$authentic", authentic),
            ("$statement", JsonSerializer.SerializeToUtf8Bytes(statement)));
        return connection.Execute("""
            DELETE FROM replicas WHERE tenant = $tenant AND model = $model AND replica NOT IN
                (SELECT replica FROM replicas WHERE tenant = $tenant AND model = $model ORDER BY authentic DESC, at DESC, replica LIMIT $limit)
            """, ("$tenant", tenant), ("$model", model), ("$limit", options.Value.Limits.ReplicasPerModel));
    }
}
