using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Storage;

/// <summary>The tables, and the version of them that a file has.</summary>
internal static class DatabaseSchema
{
    public const int Version = 1;

    private const string Tables = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

        CREATE TABLE resources (
            path TEXT PRIMARY KEY, tenant TEXT NOT NULL, nonce BLOB NOT NULL, ciphertext BLOB NOT NULL, tag BLOB NOT NULL,
            stored_at INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE policies (
            tenant TEXT NOT NULL, model TEXT NOT NULL, version INTEGER NOT NULL, envelope BLOB NOT NULL, payload_sha256 TEXT NOT NULL,
            stored_at INTEGER NOT NULL, PRIMARY KEY (tenant, model)) WITHOUT ROWID;

        CREATE TABLE policy_resources (
            resource TEXT NOT NULL, tenant TEXT NOT NULL, model TEXT NOT NULL, PRIMARY KEY (resource, tenant, model),
            FOREIGN KEY (tenant, model) REFERENCES policies (tenant, model) ON DELETE CASCADE) WITHOUT ROWID;

        CREATE TABLE sessions (
            id_sha256 BLOB PRIMARY KEY, state INTEGER NOT NULL, tee TEXT NOT NULL, protocol TEXT NOT NULL, nonce BLOB NOT NULL,
            tenant TEXT NOT NULL, model TEXT NOT NULL, replica TEXT NOT NULL, expires_at INTEGER NOT NULL, attestation BLOB) WITHOUT ROWID;
        CREATE INDEX sessions_by_expiry ON sessions (expires_at);
        CREATE INDEX sessions_by_model ON sessions (tenant, model);

        CREATE TABLE replicas (
            tenant TEXT NOT NULL, model TEXT NOT NULL, replica TEXT NOT NULL, at INTEGER NOT NULL, authentic INTEGER NOT NULL, statement BLOB NOT NULL,
            PRIMARY KEY (tenant, model, replica)) WITHOUT ROWID;

        CREATE TABLE audit (
            tenant TEXT NOT NULL, sequence INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (tenant, sequence)) WITHOUT ROWID;
        CREATE TRIGGER audit_is_not_rewritten BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END;
        CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'The audit log is append-only.'); END;
        """;

    public static void Apply(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        using SqliteCommand ask = connection.Command("PRAGMA user_version");
        long version = (long)ask.ExecuteScalar()!;
        if (version > Version)
        {
            throw new InvalidDataException($"The database has schema version {version}; this broker knows versions up to {Version}.");
        }

        if (version == 0)
        {
            using SqliteCommand create = connection.Command(Tables + $"\nPRAGMA user_version = {Version};");
            create.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
