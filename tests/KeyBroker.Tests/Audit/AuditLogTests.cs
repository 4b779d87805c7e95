using System.Net;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Tests.Audit;

public sealed class AuditLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnExportVerifiesOfflineAndRecordsItself()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        AuditLog log = broker.Services.GetRequiredService<AuditLog>();
        for (int i = 0; i < 1203; i++)
        {
            await log.AppendAsync(new AuditEntry("clinic", AuditEvent.Refused) { Message = $"number {i}" }, Token);
        }

        using HttpClient client = broker.Client(owner: true);
        HttpResponseMessage response = await client.GetAsync("/v1/tenants/clinic/audit", Token);
        string[] lines = (await response.AssertTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string key = await client.GetStringAsync("/v1/audit-key", Token);
        Assert.Equal(await File.ReadAllTextAsync(broker.Folder["audit.pub"], Token), key);
        using var chain = new AuditChain("clinic", key);
        foreach (string line in lines)
        {
            Assert.True(chain.TryAppend(line, out _, out Refusal? refusal), refusal?.Message);
        }

        Assert.Equal(1204, chain.Head.Sequence);
        Assert.Equal($"{chain.Head.Sequence} {chain.Head.Sha256}", Assert.Single(response.Headers.GetValues("Confidential-Audit-Head")));
    }

    [Fact]
    public async Task OnlyAnOwnerOfTheTenantReadsTheLog()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        using HttpClient stranger = broker.Client();
        await (await stranger.GetAsync("/v1/tenants/clinic/audit", Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
        using HttpClient owner = broker.Client(owner: true);
        await (await owner.GetAsync("/v1/tenants/other/audit", Token)).AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
    }

    [Fact]
    public async Task RecordsCannotBeUpdatedOrDeletedThroughTheDatabase()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await broker.Services.GetRequiredService<AuditLog>().AppendAsync(new AuditEntry("clinic", AuditEvent.Refused), Token);
        BrokerDatabase database = broker.Services.GetRequiredService<BrokerDatabase>();
        foreach (string sql in new[] { "UPDATE audit SET line = 'x'", "DELETE FROM audit" })
        {
            await Assert.ThrowsAsync<SqliteException>(() => database.WriteAsync(Durability.Disk, connection => connection.Execute(sql), Token));
        }
    }

    [Fact]
    public async Task ABrokerDoesNotStartOnAChangedLog()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        AuditLog log = broker.Services.GetRequiredService<AuditLog>();
        for (int i = 0; i < 3; i++)
        {
            await log.AppendAsync(new AuditEntry("clinic", AuditEvent.Refused) { Message = "as it was" }, Token);
        }

        await broker.StartAgainAsync();
        await broker.StopAsync();
        Sql(broker, "DROP TRIGGER audit_is_not_rewritten; UPDATE audit SET line = replace(line, 'as it was', 'as it is') WHERE sequence = 2");
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(broker.StartAgainAsync);
        Assert.Contains("record 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABrokerDoesNotStartWithAnotherAuditKey()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await broker.Services.GetRequiredService<AuditLog>().AppendAsync(new AuditEntry("clinic", AuditEvent.Refused), Token);
        await broker.StopAsync();
        File.Copy(broker.Folder["token.key"], broker.Folder["audit.key"], overwrite: true);
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(broker.StartAgainAsync);
        Assert.Contains("signature", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyWritersMakeOneChainPerTenant()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        AuditLog log = broker.Services.GetRequiredService<AuditLog>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), Token, async (i, token) =>
            await log.AppendAsync(new AuditEntry(i % 2 == 0 ? "clinic" : "bank", AuditEvent.Refused), token));
        Assert.True(log.TryVerify(out Refusal? refusal), refusal?.Message);
        Assert.Equal(50, log.Head("clinic").Sequence);
        Assert.Equal(50, log.Head("bank").Sequence);
    }

    [Fact]
    public async Task TheLongestEntryThatAPeerCanCauseIsStillARecord()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        AuditLog log = broker.Services.GetRequiredService<AuditLog>();
        await log.AppendAsync(new AuditEntry("clinic", AuditEvent.Refused)
        {
            Message = new string('\u0001', 100_000),
            Model = new string('m', 128),
            Replica = new string('r', 253),
            Resource = new string('x', 400),
        }, Token);
        await log.AppendAsync(new AuditEntry("clinic", AuditEvent.Refused), Token);
        Assert.True(log.TryVerify(out Refusal? refusal), refusal?.Message);
    }

    private static void Sql(RunningBroker broker, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={broker.Folder["broker.db"]};Pooling=False");
        connection.Open();
        connection.Execute(sql);
    }
}
