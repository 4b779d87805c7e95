using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol.Evidence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Sessions;

/// <summary>Sessions in the database, so that a restart in the middle of a handshake changes nothing.</summary>
internal sealed class SessionStore(BrokerDatabase database, TimeProvider time, IOptions<KeyBrokerOptions> options)
{
    public const int NonceSize = 32;
    private const string Columns = "state, tee, protocol, nonce, tenant, model, replica, expires_at, attestation";

    private readonly KeyBrokerOptions _options = options.Value;

    /// <summary>Opens a session and returns its cookie; null when too many are open.</summary>
    public async Task<(string Cookie, Session Session)?> OpenAsync(TeeKind tee, string protocol, GuestLabel label, CancellationToken cancellationToken)
    {
        string cookie = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        DateTimeOffset now = time.GetUtcNow();
        var session = new Session
        {
            IdSha256 = Id(cookie),
            State = SessionState.Challenged,
            Tee = tee,
            Protocol = protocol,
            Nonce = RandomNumberGenerator.GetBytes(NonceSize),
            Label = label,
            ExpiresAt = DateTimeOffset.FromUnixTimeSeconds((now + _options.SessionLifetime).ToUnixTimeSeconds()),
        };
        bool opened = await database.WriteAsync(Durability.Process, connection => Insert(connection, session, now), cancellationToken).ConfigureAwait(false);
        return opened ? (cookie, session) : null;
    }

    /// <summary>Finds a session that has not expired.</summary>
    public Session? Find(string cookie) => Find(Id(cookie));

    public Session? Find(byte[] idSha256) => database.Read(connection =>
    {
        using SqliteCommand command = connection.Command(
            $"SELECT {Columns} FROM sessions WHERE id_sha256 = $id AND expires_at > $now",
            ("$id", idSha256), ("$now", time.GetUtcNow().ToUnixTimeSeconds()));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? ReadRow(reader, idSha256) : null;
    });

    /// <summary>Uses the nonce up: true for exactly one caller.</summary>
    public Task<bool> TryUseNonceAsync(Session session, CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Process, connection => connection.Execute(
            "UPDATE sessions SET state = $answered WHERE id_sha256 = $id AND state = $challenged AND expires_at > $now",
            ("$answered", (int)SessionState.Answered), ("$challenged", (int)SessionState.Challenged),
            ("$id", session.IdSha256), ("$now", time.GetUtcNow().ToUnixTimeSeconds())) == 1, cancellationToken);

    /// <summary>Keeps authentic evidence for the releases to come; false when the session was revoked meanwhile or no room is left.</summary>
    public Task<bool> TryKeepAsync(Session session, ReadOnlyMemory<byte> attestation, GuestLabel label, CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Process, connection =>
        {
            long kept = (long)(connection.Scalar("SELECT coalesce(sum(length(attestation)), 0) FROM sessions") ?? 0L);
            return kept + attestation.Length <= _options.Limits.SessionMebibytes * 1024L * 1024L && connection.Execute(
                """
                UPDATE sessions SET state = $attested, attestation = $body, tenant = $tenant, model = $model, replica = $replica
                WHERE id_sha256 = $id AND state = $answered
                """,
                ("$attested", (int)SessionState.Attested), ("$answered", (int)SessionState.Answered), ("$id", session.IdSha256),
                ("$body", attestation.ToArray()), ("$tenant", label.Tenant), ("$model", label.Model), ("$replica", label.Replica)) == 1;
        }, cancellationToken);

    /// <summary>Ends the sessions that are of a model, or say that they are.</summary>
    public static int Revoke(SqliteConnection connection, string tenant, string model) =>
        connection.Execute("DELETE FROM sessions WHERE tenant = $tenant AND model = $model", ("$tenant", tenant), ("$model", model));

    public Task<int> SweepAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(Durability.Process, connection => connection.Execute(
            "DELETE FROM sessions WHERE expires_at <= $now", ("$now", time.GetUtcNow().ToUnixTimeSeconds())), cancellationToken);

    public static byte[] Id(string cookie) => SHA256.HashData(Encoding.UTF8.GetBytes(cookie));

    private bool Insert(SqliteConnection connection, Session session, DateTimeOffset now)
    {
        long open = (long)connection.Scalar("SELECT count(*) FROM sessions WHERE expires_at > $now", ("$now", now.ToUnixTimeSeconds()))!;
        return open < _options.Limits.OpenSessions && connection.Execute(
            $"""
            INSERT INTO sessions (id_sha256, {Columns})
            VALUES ($id, $state, $tee, $protocol, $nonce, $tenant, $model, $replica, $expires, NULL)
            """,
            ("$id", session.IdSha256), ("$state", (int)session.State), ("$tee", session.Tee.ToString()), ("$protocol", session.Protocol),
            ("$nonce", session.Nonce), ("$tenant", session.Label.Tenant), ("$model", session.Label.Model),
            ("$replica", session.Label.Replica), ("$expires", session.ExpiresAt.ToUnixTimeSeconds())) == 1;
    }

    private static Session ReadRow(SqliteDataReader reader, byte[] idSha256) => new()
    {
        IdSha256 = idSha256,
        State = (SessionState)reader.GetInt32(0),
        Tee = Enum.Parse<TeeKind>(reader.GetString(1)),
        Protocol = reader.GetString(2),
        Nonce = reader.Blob(3),
        Label = new GuestLabel(reader.GetString(4), reader.GetString(5), reader.GetString(6)),
        ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(7)),
        Attestation = reader.IsDBNull(8) ? null : reader.Blob(8),
    };
}
