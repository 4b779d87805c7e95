using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker.Tests.Sessions;

public sealed class SessionStoreTests
{
    private static readonly GuestLabel s_label = new("clinic", "triage-notes", "pod/uid");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANonceIsUsedByExactlyOneOfManyCallers()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        SessionStore sessions = broker.Services.GetRequiredService<SessionStore>();
        (string cookie, Session session) = (await sessions.OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token))!.Value;
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => sessions.TryUseNonceAsync(session, Token), Token)));
        Assert.Single(won, true);
        Assert.Equal(SessionState.Answered, sessions.Find(cookie)!.State);
    }

    [Fact]
    public async Task ASessionSurvivesARestartAndNotItsLifetime()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        (string cookie, Session session) = (await broker.Services.GetRequiredService<SessionStore>().OpenAsync(TeeKind.Snp, "0.2.0", s_label, Token))!.Value;
        await broker.StartAgainAsync();
        SessionStore sessions = broker.Services.GetRequiredService<SessionStore>();
        Session? found = sessions.Find(cookie);
        Assert.Equal(session.Nonce, found!.Nonce);
        Assert.Equal(s_label, found.Label);
        Assert.Equal("0.2.0", found.Protocol);
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(sessions.Find(cookie));
        Assert.False(await sessions.TryUseNonceAsync(session, Token));
        Assert.Equal(1, await sessions.SweepAsync(Token));
    }

    [Fact]
    public async Task EvidenceIsKeptOnlyForASessionThatWasNotRevoked()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        SessionStore sessions = broker.Services.GetRequiredService<SessionStore>();
        (string cookie, Session session) = (await sessions.OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token))!.Value;
        Assert.False(await sessions.TryKeepAsync(session, new byte[] { 1 }, s_label, Token));
        Assert.True(await sessions.TryUseNonceAsync(session, Token));
        Assert.True(await sessions.TryKeepAsync(session, new byte[] { 1 }, s_label, Token));
        Assert.Equal([1], sessions.Find(cookie)!.Attestation!);
        BrokerDatabase database = broker.Services.GetRequiredService<BrokerDatabase>();
        Assert.Equal(1, await database.WriteAsync(Durability.Disk, connection => SessionStore.Revoke(connection, "clinic", "triage-notes"), Token));
        Assert.Null(sessions.Find(cookie));
        Assert.False(await sessions.TryKeepAsync(session, new byte[] { 1 }, s_label, Token));
    }

    [Fact]
    public async Task OpenSessionsAndTheirEvidenceAreBounded()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(("Limits:OpenSessions", "2"), ("Limits:SessionMebibytes", "1"));
        SessionStore sessions = broker.Services.GetRequiredService<SessionStore>();
        (_, Session first) = (await sessions.OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token))!.Value;
        Assert.NotNull(await sessions.OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token));
        Assert.Null(await sessions.OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token));
        Assert.True(await sessions.TryUseNonceAsync(first, Token));
        Assert.False(await sessions.TryKeepAsync(first, new byte[1024 * 1024 + 1], s_label, Token));
        broker.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.NotNull(await sessions.OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token));
    }

    [Fact]
    public async Task TheCookieItselfIsNotInTheDatabase()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        (string cookie, _) = (await broker.Services.GetRequiredService<SessionStore>().OpenAsync(TeeKind.Snp, "0.4.0", s_label, Token))!.Value;
        await broker.StopAsync();
        string content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(broker.Folder["broker.db"], Token));
        Assert.Contains("triage-notes", content, StringComparison.Ordinal);
        Assert.DoesNotContain(cookie, content, StringComparison.Ordinal);
    }
}
