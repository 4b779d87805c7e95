using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol.Audit;

namespace ConfidentialOperator.KeyBroker.Tests.Release;

public sealed class KeyReleaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReleaseIsInTheAuditLogAndInTheStatus()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertTextAsync();
        List<AuditRecord> records = Verify(broker, await broker.AuditAsync());
        Assert.Equal([AuditEvent.ResourceStored, AuditEvent.PolicyAccepted, AuditEvent.Attested, AuditEvent.Released, AuditEvent.AuditExported],
            records.Select(record => record.Event));
        AuditRecord released = records[3];
        Assert.Equal(("triage-notes", "kbs:///clinic/triage-notes/v3", "pod/uid-1", 1L), (released.Model, released.Resource, released.Replica, released.PolicyVersion));
        Assert.Equal(TestGuest.Measurement, released.Measurement);
        JsonNode status = JsonNode.Parse(await broker.StatusAsync())!;
        Assert.Equal(1, status["policyVersion"]!.GetValue<long>());
        Assert.True(status["development"]!.GetValue<bool>());
        JsonNode replica = Assert.Single(status["attestations"]!.AsArray())!;
        Assert.Equal(("pod/uid-1", "Released", "KeyReleased"), (Text(replica, "replica"), Text(replica, "outcome"), Text(replica, "reason")));
        Assert.Equal(released.PolicySha256, Text(status, "policySha256"));
    }

    [Fact]
    public async Task AMeasurementThatThePolicyDoesNotListIsRefusedWithTheRule()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Measurement = TestGuest.Digest("bb22") } };
        await guest.HandshakeAsync();
        Assert.Equal("contraindicated", EarStatus(guest));
        string detail = await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "MeasurementNotAccepted");
        Assert.Contains("bb22", detail, StringComparison.Ordinal);
        JsonNode replica = Assert.Single(JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray())!;
        Assert.Equal(("Refused", "MeasurementNotAccepted", TestGuest.Digest("bb22")), (Text(replica, "outcome"), Text(replica, "reason"), Text(replica, "measurement")));
        Assert.Contains(Verify(broker, await broker.AuditAsync()), record => record is { Event: AuditEvent.Refused, Reason: Protocol.RefusalReason.MeasurementNotAccepted });
    }

    [Fact]
    public async Task EvidenceThatIsNotAuthenticEndsAtAttestation()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Signed = false } };
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "SignatureInvalid");
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        JsonNode replica = Assert.Single(JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray())!;
        Assert.Equal("SignatureInvalid", Text(replica, "reason"));
    }

    [Theory]
    [InlineData("clinic", "other-model", TestGuest.Manifest, "kbs:///clinic/triage-notes/v3", "ResourceNotOfModel")]
    [InlineData("bank", "triage-notes", TestGuest.Manifest, "kbs:///clinic/triage-notes/v3", "ResourceNotOfModel")]
    [InlineData("clinic", "triage-notes", "sha256:02", "kbs:///clinic/triage-notes/v3", "ManifestNotAccepted")]
    [InlineData("clinic", "triage-notes", TestGuest.Manifest, "kbs:///clinic/triage-notes/v4", "ResourceNotOfModel")]
    public async Task AnInitDataThatNamesSomethingElseIsRefused(string tenant, string model, string manifest, string resource, string reason)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        string initData = TestGuest.InitDataFor(tenant, model, manifest, resource);
        JsonObject policy = broker.Policy(version: 2);
        policy["initDataDigests"] = new JsonArray(TestGuest.Sha256(initData));
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker) { InitData = initData };
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, reason);
    }

    [Fact]
    public async Task AnInitDataTextThatIsNotTheMeasuredOneIsRefused()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { HostData = TestGuest.Sha256("another") } };
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "InitDataNotAccepted");
    }

    [Fact]
    public async Task AGuestWithoutInitDataTextIsHeldToItsDigest()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var good = new TestGuest(broker) { InitData = null };
        await good.HandshakeAsync();
        await (await good.ResourceAsync()).AssertTextAsync();
        using var bad = new TestGuest(broker) { InitData = null, Evidence = evidence => evidence with { HostData = new string('0', 64) } };
        await bad.HandshakeAsync();
        await (await bad.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "InitDataNotAccepted");
    }

    [Fact]
    public async Task AResourceThatNoPolicyListsOrThatIsNotStoredIsNotFound()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        await broker.StoreAsync("clinic/unlisted/v1", [1]);
        using var guest = new TestGuest(broker) { InitData = null };
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync("clinic/unlisted/v1")).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
        await (await guest.ResourceAsync("clinic/callers/v1")).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
        await (await guest.ResourceAsync("bank/triage-notes/v3")).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
        await (await guest.ResourceAsync("clinic/triage-notes/v3?x=1")).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
    }

    [Fact]
    public async Task APolicyCountsFromTheNextReleaseOn()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertTextAsync();
        JsonObject policy = broker.Policy(version: 2);
        policy["tee"]!["snp"]!["measurements"] = new JsonArray(TestGuest.Digest("cc33"));
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "MeasurementNotAccepted");
        await (await broker.PutAsync(broker.Policy(version: 3))).AssertTextAsync(HttpStatusCode.NoContent);
        await (await guest.ResourceAsync()).AssertTextAsync();
        File.Delete(broker.Folder["tenants/clinic/owners/first.pem"]);
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicySignatureInvalid");
    }

    [Fact]
    public async Task AnExpiredPolicyReleasesNothing()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        JsonObject policy = broker.Policy(version: 2);
        policy["notAfter"] = broker.Clock.GetUtcNow().AddMinutes(2).ToUnixTimeSeconds();
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertTextAsync();
        broker.Clock.Advance(TimeSpan.FromSeconds(121));
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicyExpired");
    }

    [Fact]
    public async Task APolicyThatDemandsApprovalsReleasesNothing()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        JsonObject policy = broker.Policy(version: 2);
        policy["approvals"] = new JsonObject
        {
            ["threshold"] = 1,
            ["keys"] = new JsonArray(Convert.ToBase64String(new Owner().Key.ExportSubjectPublicKeyInfo())),
        };
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "ApprovalsMissing");
    }

    [Fact]
    public async Task ASharedResourceNeedsOnePolicyThatAcceptsInFull()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        await broker.StoreAsync("clinic/callers/v1", [9]);
        string initData = TestGuest.InitDataFor("clinic", "triage-notes", TestGuest.Manifest, "kbs:///clinic/triage-notes/v3", "kbs:///clinic/callers/v1");
        foreach (string model in new[] { "a-other", "triage-notes" })
        {
            JsonObject policy = broker.Policy(version: 2, model);
            policy["initDataDigests"] = new JsonArray(TestGuest.Sha256(initData));
            await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        }

        using var guest = new TestGuest(broker) { InitData = initData };
        await guest.HandshakeAsync();
        Assert.Equal([9], guest.Open(await (await guest.ResourceAsync("clinic/callers/v1")).AssertTextAsync()));
        await (await guest.ResourceAsync("clinic/a-other/v3")).AssertProblemAsync(HttpStatusCode.Forbidden, "ResourceNotOfModel");
        using var swapped = new TestGuest(broker) { InitData = initData, Evidence = evidence => evidence with { Measurement = TestGuest.Digest("dd44") } };
        await swapped.HandshakeAsync();
        await (await swapped.ResourceAsync("clinic/callers/v1")).AssertProblemAsync(HttpStatusCode.Forbidden, "MeasurementNotAccepted");
    }

    [Fact]
    public async Task RevokingSessionsMakesGuestsAttestAgainAndForgettingIsQuiet()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker) { ExtraParams = null };
        await guest.HandshakeAsync();
        using HttpClient arranger = broker.Client();
        const string Model = "/v1/tenants/clinic/models/triage-notes";
        Assert.Equal(HttpStatusCode.NoContent, (await arranger.DeleteAsync(Model + "/sessions", Token)).StatusCode);
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "SessionExpired");
        using var again = new TestGuest(broker);
        await again.HandshakeAsync();
        await (await again.ResourceAsync()).AssertTextAsync();
        foreach (string replica in new[] { "pod/uid-1", "pod%2Fuid-1", "never/was" })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await arranger.DeleteAsync($"{Model}/replicas/{replica}", Token)).StatusCode);
        }

        Assert.Empty(JsonNode.Parse(await broker.StatusAsync())!["attestations"]!.AsArray());
        Assert.Contains(Verify(broker, await broker.AuditAsync()), record => record.Event == AuditEvent.SessionsRevoked);
    }

    [Fact]
    public async Task TrusteesStatusCodesAreUsedWhenAskedFor()
    {
        await using RunningBroker broker = await Ready.StartAsync(("TrusteeStatusCodes", "true"));
        using var guest = new TestGuest(broker) { Evidence = evidence => evidence with { Measurement = TestGuest.Digest("bb22") } };
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Unauthorized, "MeasurementNotAccepted");
        await (await guest.ResourceAsync("clinic/none/v1")).AssertProblemAsync(HttpStatusCode.Unauthorized, "ResourceNotFound");
        await (await guest.ResourceAsync("clinic/none")).AssertProblemAsync(HttpStatusCode.NotFound, "ResourceNotFound");
    }

    internal static string EarStatus(TestGuest guest) => Tokens.EarTokenTests.Claims(guest.Token)["submods"]!["cpu0"]!["ear.status"]!.GetValue<string>();

    internal static List<AuditRecord> Verify(RunningBroker broker, string export)
    {
        using var chain = new AuditChain("clinic", File.ReadAllText(broker.Folder["audit.pub"]));
        List<AuditRecord> records = [];
        foreach (string line in export.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(chain.TryAppend(line, out AuditRecord? record, out Protocol.Refusal? refusal), refusal?.Message);
            records.Add(record);
        }

        return records;
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
