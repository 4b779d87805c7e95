using System.Text;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Keys;

/// <summary>Resources in the broker's database, each wrapped under the <see cref="KeyEncryptionKey"/> for its own path.</summary>
internal sealed class SqliteKeyStore(BrokerDatabase database, KeyEncryptionKey kek, AuditLog audit, TimeProvider time) : IKeyStore
{
    private const string CheckRow = "kek-check";

    private static ReadOnlySpan<byte> CheckText => "confidential-operator.dev/broker/kek-check/v1"u8;

    /// <summary>Refuses to start with another key than the one that wrapped what is stored.</summary>
    public async Task DemandRightKeyAsync(CancellationToken cancellationToken)
    {
        byte[]? row = database.Read(connection => (byte[]?)connection.Scalar("SELECT value FROM meta WHERE name = $name", ("$name", CheckRow)));
        if (row is null)
        {
            WrappedValue check = kek.Wrap(CheckText, CheckText);
            await database.WriteAsync(Durability.Disk, connection => connection.Execute("INSERT INTO meta (name, value) VALUES ($name, $value)",
                ("$name", CheckRow), ("$value", (byte[])[.. check.Nonce, .. check.Tag, .. check.Ciphertext])), cancellationToken).ConfigureAwait(false);
            return;
        }

        using SecretKey? opened = row.Length < 28 ? null : kek.Unwrap(new WrappedValue(row[..12], row[28..], row[12..28]), CheckText);
        if (opened is null)
        {
            throw new InvalidDataException("The key encryption key is not the one that wrapped the keys of this database.");
        }
    }

    public Task StoreAsync(KbsResourceUri resource, SecretKey value, AuditEntry entry, CancellationToken cancellationToken)
    {
        WrappedValue wrapped = kek.Wrap(value.Span, Place(resource));
        return database.WriteAsync(Durability.Disk, connection =>
        {
            connection.Execute("""
                INSERT INTO resources (path, tenant, nonce, ciphertext, tag, stored_at) VALUES ($path, $tenant, $nonce, $ciphertext, $tag, $at)
                ON CONFLICT (path) DO UPDATE SET nonce = $nonce, ciphertext = $ciphertext, tag = $tag, stored_at = $at
                """,
                ("$path", resource.ToString()), ("$tenant", resource.Repository), ("$nonce", wrapped.Nonce),
                ("$ciphertext", wrapped.Ciphertext), ("$tag", wrapped.Tag), ("$at", time.GetUtcNow().ToUnixTimeSeconds()));
            return audit.Append(connection, entry);
        }, cancellationToken);
    }

    public Task<bool> DeleteAsync(KbsResourceUri resource, AuditEntry entry, CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Disk, connection =>
        {
            if (connection.Execute("DELETE FROM resources WHERE path = $path", ("$path", resource.ToString())) == 0)
            {
                return false;
            }

            audit.Append(connection, entry);
            return true;
        }, cancellationToken);

    public SecretKey? Find(KbsResourceUri resource)
    {
        WrappedValue? wrapped = database.Read(connection => ReadRow(connection, resource));
        if (wrapped is null)
        {
            return null;
        }

        return kek.Unwrap(wrapped, Place(resource))
            ?? throw new InvalidDataException($"The stored resource '{resource}' does not open: the row was changed or moved.");
    }

    private static WrappedValue? ReadRow(SqliteConnection connection, KbsResourceUri resource)
    {
        using SqliteCommand command = connection.Command(
            "SELECT nonce, ciphertext, tag FROM resources WHERE path = $path", ("$path", resource.ToString()));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? new WrappedValue(reader.Blob(0), reader.Blob(1), reader.Blob(2)) : null;
    }

    private static byte[] Place(KbsResourceUri resource) =>
        [.. "confidential-operator.dev/broker/resource/v1\0"u8, .. Encoding.UTF8.GetBytes(resource.ToString())];
}
