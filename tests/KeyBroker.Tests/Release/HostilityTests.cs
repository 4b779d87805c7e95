using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Kbs;

namespace ConfidentialOperator.KeyBroker.Tests.Release;

/// <summary>What somebody tries who can reach the broker, owns another tenant, or writes into its database.</summary>
public sealed class HostilityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnOwnerOfAnotherTenantReachesNothingEvenThroughTheDatabase()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        var stranger = new Owner();
        Directory.CreateDirectory(broker.Folder["tenants/bank/owners"]);
        await File.WriteAllTextAsync(broker.Folder["tenants/bank/owners/o.pem"], stranger.Key.ExportSubjectPublicKeyInfoPem(), Token);
        JsonObject policy = TestPolicy.Make(broker.Clock.GetUtcNow().AddDays(1), tenant: "bank");
        policy["resources"] = new JsonArray("kbs:///clinic/triage-notes/v3");
        policy["tee"]!["snp"]!["measurements"] = new JsonArray(TestGuest.Digest("ee55"));
        policy["initDataDigests"] = new JsonArray(TestGuest.Sha256(TestGuest.InitDataFor("bank", "triage-notes")));
        await (await broker.PutAsync(policy, stranger)).AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "PolicyInvalid");
        await broker.Services.GetRequiredService<BrokerDatabase>().WriteAsync(Durability.Disk, connection => connection.Execute("""
            INSERT INTO policies VALUES ('bank', 'triage-notes', 1, $envelope, '', 0);
            INSERT INTO policy_resources VALUES ('kbs:///clinic/triage-notes/v3', 'bank', 'triage-notes');
            """, ("$envelope", TestPolicy.Sign(policy, stranger))), Token);
        using var guest = new TestGuest(broker)
        {
            InitData = TestGuest.InitDataFor("bank", "triage-notes"),
            Evidence = evidence => evidence with { Measurement = TestGuest.Digest("ee55") },
        };
        await guest.HandshakeAsync();
        HttpResponseMessage response = await guest.ResourceAsync();
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        await (await guest.ResourceAsync("bank/triage-notes/v3")).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
    }

    [Fact]
    public async Task AStrangerCannotPaintAReplicaRefused()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertTextAsync();
        using var stranger = new TestGuest(broker) { Evidence = evidence => evidence with { Signed = false } };
        await (await stranger.AuthAsync()).AssertTextAsync();
        await (await stranger.AttestAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "SignatureInvalid");
        JsonNode replica = Assert.Single(JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray())!;
        Assert.Equal("Released", replica["outcome"]!.GetValue<string>());
        Assert.Contains(KeyReleaseTests.Verify(broker, await broker.AuditAsync()), record => record.Reason == RefusalReason.SignatureInvalid);
    }

    [Fact]
    public async Task StrangersCannotFillTheStatusNorPushReplicasOut()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Limits:ReplicasPerModel", "3"));
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertTextAsync();
        foreach (int i in Enumerable.Range(0, 6))
        {
            broker.Clock.Advance(TimeSpan.FromSeconds(1));
            await StrangerAsync(broker, "triage-notes", $"stranger/{i}");
            await StrangerAsync(broker, "no-such-model", $"stranger/{i}");
        }

        JsonArray replicas = JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray();
        Assert.Equal(["pod/uid-1", "stranger/4", "stranger/5"], replicas.Select(replica => replica!["replica"]!.GetValue<string>()));
    }

    [Fact]
    public async Task AFloodOfRefusalsIsCountedAndNotWritten()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(("Limits:ChangesPerMinute", "1000"));
        using HttpClient stranger = broker.Client();
        for (int i = 0; i < RefusalBudget.PerMinute + 30; i++)
        {
            (await stranger.PutAsync("/v1/tenants/clinic/policies/triage-notes", new StringContent("{}"), Token)).Dispose();
        }

        AuditLog log = broker.Services.GetRequiredService<AuditLog>();
        Assert.Equal(RefusalBudget.PerMinute, log.Head("clinic").Sequence);
        broker.Clock.Advance(TimeSpan.FromMinutes(1));
        (await stranger.PutAsync("/v1/tenants/clinic/policies/triage-notes", new StringContent("{}"), Token)).Dispose();
        Assert.Contains("30 refusals before this one", KeyReleaseTests.Verify(broker, await broker.AuditAsync())[RefusalBudget.PerMinute].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGenuineMachineOfAStrangerCannotFillTheAuditLogEither()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Limits:HandshakesPerMinute", "1000"));
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Measurement = TestGuest.Digest("bb22") } };
        await guest.HandshakeAsync();
        for (int i = 0; i < RefusalBudget.PerMinute + 30; i++)
        {
            (await guest.ResourceAsync()).Dispose();
        }

        Assert.Equal(RefusalBudget.PerMinute, KeyReleaseTests.Verify(broker, await broker.AuditAsync()).Count(record => record.Event == AuditEvent.Refused));
        await StrangerAsync(broker, "triage-notes", "stranger/1");
        Assert.Equal(RefusalBudget.PerMinute + 1, KeyReleaseTests.Verify(broker, await broker.AuditAsync()).Count(record => record.Event == AuditEvent.Refused));
    }

    [Fact]
    public async Task AGuestThatHangsUpIsRecordedAllTheSame()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Measurement = TestGuest.Digest("bb22") } };
        await guest.HandshakeAsync();
        Session session = broker.Services.GetRequiredService<SessionStore>().Find(guest.SessionCookie(broker.Address))!;
        Assert.True(KbsResourceUri.TryParse("kbs:///clinic/triage-notes/v3", out KbsResourceUri? resource));
        ReleaseOutcome outcome = await broker.Services.GetRequiredService<KeyRelease>().ReleaseAsync(session, resource, new CancellationToken(canceled: true));
        Assert.Equal(RefusalReason.MeasurementNotAccepted, outcome.Refusal?.Reason);
        Assert.Contains(KeyReleaseTests.Verify(broker, await broker.AuditAsync()),
            record => record is { Event: AuditEvent.Refused, Resource: "kbs:///clinic/triage-notes/v3" });
    }

    [Fact]
    public async Task AKeyIsNotSentWhenItsRecordCannotBeWritten()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await broker.Services.GetRequiredService<BrokerDatabase>().WriteAsync(Durability.Disk,
            connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END"), Token);
        string detail = await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.InternalServerError, "InternalError");
        Assert.DoesNotContain("disk", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestHardwareIsNeverAffirmedToOthers()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        Assert.Equal("warning", KeyReleaseTests.EarStatus(guest));
        await (await guest.ResourceAsync()).AssertTextAsync();
        Assert.True(KeyReleaseTests.Verify(broker, await broker.AuditAsync()).Single(record => record.Event == AuditEvent.Released).Development);
    }

    [Theory]
    [InlineData("""{"confidential-model":{"tenant":"../../etc","model":"m","replica":"r"}}""")]
    [InlineData("""{"confidential-model":{"tenant":"clinic","model":"m","replica":"<script>"}}""")]
    [InlineData("""{"confidential-model":{"tenant":1,"model":[],"replica":{}}}""")]
    [InlineData("""{"confidential-model":7}""")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public async Task ALabelThatIsNoneChangesNothing(string extra)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { ExtraParams = JsonNode.Parse(extra) };
        await guest.HandshakeAsync();
        Assert.Equal(Ready.Key, guest.Open(await (await guest.ResourceAsync()).AssertTextAsync()));
        Assert.Empty(JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray());
    }

    [Fact]
    public async Task BodiesBeyondTheirLimitAreRefusedUnread()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Limits:AttestationBytes", "65536"), ("Limits:MessageBytes", "4096"));
        using var guest = new TestGuest(broker);
        await (await guest.Client.PostAsync("/kbs/v0/auth", new ByteArrayContent(new byte[4097]), Token)).AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "TooLarge");
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.Client.PostAsync("/kbs/v0/attest", new ByteArrayContent(new byte[65537]), Token)).AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "TooLarge");
        using var deep = new StringContent(new string('[', 30_000));
        await (await guest.Client.PostAsync("/kbs/v0/attest", deep, Token)).AssertProblemAsync(HttpStatusCode.BadRequest, "Malformed");
        using HttpClient client = broker.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Long", new string('x', 40 * 1024));
        await Assert.ThrowsAnyAsync<Exception>(async () => (await client.GetAsync("/healthz", Token)).EnsureSuccessStatusCode());
    }

    private static async Task StrangerAsync(RunningBroker broker, string model, string replica)
    {
        using var stranger = new TestGuest(broker)
        {
            Evidence = evidence => evidence with { Signed = false },
            ExtraParams = new JsonObject { ["confidential-model"] = new JsonObject { ["tenant"] = "clinic", ["model"] = model, ["replica"] = replica } },
        };
        await (await stranger.AuthAsync()).AssertTextAsync();
        await (await stranger.AttestAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "SignatureInvalid");
    }
}
