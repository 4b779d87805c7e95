using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tests.Release;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol.Audit;

namespace ConfidentialOperator.KeyBroker.Tests.Policies;

public sealed class PolicyTests
{
    private const string Path = "/v1/tenants/clinic/policies/triage-notes";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task APolicyInForceIsGivenBackAsItCame()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        byte[] envelope = TestPolicy.Sign(broker.Policy(), broker.Owner);
        using HttpClient client = broker.Client();
        await (await client.GetAsync(Path, Token)).AssertProblemAsync(HttpStatusCode.NotFound, "PolicyNotFound");
        await (await client.PutAsync(Path, new ByteArrayContent(envelope), Token)).AssertTextAsync(HttpStatusCode.NoContent);
        Assert.Equal(envelope, await client.GetByteArrayAsync(Path, Token));
        await broker.StartAgainAsync();
        using HttpClient after = broker.Client();
        Assert.Equal(envelope, await after.GetByteArrayAsync(Path, Token));
    }

    [Fact]
    public async Task AVersionNeverGoesBackAndTheSameEnvelopeIsNoChange()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        JsonObject fifth = broker.Policy(version: 5);
        await (await broker.PutAsync(fifth)).AssertTextAsync(HttpStatusCode.NoContent);
        await (await broker.PutAsync(fifth)).AssertTextAsync(HttpStatusCode.NoContent);
        await (await broker.PutAsync(broker.Policy(version: 4))).AssertProblemAsync(HttpStatusCode.Conflict, "PolicyRolledBack");
        JsonObject other = broker.Policy(version: 5);
        other["manifestDigests"] = new JsonArray("sha256:" + new string('2', 64));
        await (await broker.PutAsync(other)).AssertProblemAsync(HttpStatusCode.Conflict, "PolicyRolledBack");
        await (await broker.PutAsync(broker.Policy(version: 6))).AssertTextAsync(HttpStatusCode.NoContent);
        List<AuditRecord> records = KeyReleaseTests.Verify(broker, await broker.AuditAsync());
        Assert.Equal([5, 6], records.Where(record => record.Event == AuditEvent.PolicyAccepted).Select(record => record.PolicyVersion));
        Assert.Equal(2, records.Count(record => record.Event == AuditEvent.PolicyRefused));
    }

    [Fact]
    public async Task UploadsAtTheSameTimeLeaveTheHighestVersion()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(1, 20), Token, async (version, _) => (await broker.PutAsync(broker.Policy(version))).Dispose());
        Assert.Equal(20, JsonNode.Parse(await broker.StatusAsync())!["policyVersion"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("tenant")]
    public async Task APolicyForAnotherPlaceIsRefused(string member)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        JsonObject policy = broker.Policy();
        policy[member] = "other";
        await (await broker.PutAsync(policy, path: Path)).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicyModelMismatch");
    }

    [Fact]
    public async Task APolicyOfAStrangerAnExpiredOneAndOneForForeignResourcesAreRefused()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await (await broker.PutAsync(broker.Policy(), new Owner())).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicySignatureInvalid");
        await (await broker.PutAsync(TestPolicy.Make(broker.Clock.GetUtcNow().AddSeconds(-1)))).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicyExpired");
        JsonObject foreign = broker.Policy();
        foreign["resources"]!.AsArray().Add("kbs:///bank/secrets/v1");
        await (await broker.PutAsync(foreign)).AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "PolicyInvalid");
        await (await broker.PutAsync(TestPolicy.Make(broker.Clock.GetUtcNow().AddDays(1), tenant: "nobody"))).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicySignatureInvalid");
        using HttpClient client = broker.Client();
        await (await client.GetAsync(Path, Token)).AssertProblemAsync(HttpStatusCode.NotFound, "PolicyNotFound");
    }

    [Theory]
    [InlineData("payload type")]
    [InlineData("payload")]
    [InlineData("key id")]
    [InlineData("no signature")]
    [InlineData("not JSON")]
    [InlineData("member missing")]
    [InlineData("too long")]
    public async Task AnEnvelopeThatIsNotSoundIsRefused(string change)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        JsonObject policy = broker.Policy();
        JsonObject envelope = JsonNode.Parse(TestPolicy.Sign(policy, broker.Owner))!.AsObject();
        string reason = "PolicySignatureInvalid";
        HttpStatusCode status = HttpStatusCode.Forbidden;
        switch (change)
        {
            case "payload type":
                envelope = JsonNode.Parse(TestPolicy.Sign(policy, broker.Owner, "application/other"))!.AsObject();
                break;
            case "payload":
                envelope["payload"] = JsonNode.Parse(TestPolicy.Sign(broker.Policy(version: 9), broker.Owner))!["payload"]!.DeepClone();
                break;
            case "key id":
                envelope["signatures"]![0]!["keyid"] = new Owner().KeyId;
                break;
            case "no signature":
                envelope["signatures"] = new JsonArray();
                break;
            case "member missing":
                policy.Remove("initDataDigests");
                envelope = JsonNode.Parse(TestPolicy.Sign(policy, broker.Owner))!.AsObject();
                (status, reason) = (HttpStatusCode.UnprocessableEntity, "PolicyInvalid");
                break;
            case "too long":
                (status, reason) = (HttpStatusCode.RequestEntityTooLarge, "TooLarge");
                break;
            default:
                (status, reason) = (HttpStatusCode.UnprocessableEntity, "PolicyInvalid");
                break;
        }

        string text = change switch { "not JSON" => "{", "too long" => new string(' ', 256 * 1024 + 1), _ => envelope.ToJsonString() };
        using HttpClient client = broker.Client();
        await (await client.PutAsync(Path, new StringContent(text, Encoding.UTF8), Token)).AssertProblemAsync(status, reason);
    }

    [Fact]
    public async Task ARowWrittenIntoTheDatabaseGivesNoPolicyForce()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        byte[] forged = TestPolicy.Sign(broker.Policy(version: 99), new Owner());
        await broker.Services.GetRequiredService<BrokerDatabase>().WriteAsync(Durability.Disk,
            connection => connection.Execute("UPDATE policies SET envelope = $envelope", ("$envelope", forged)), Token);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "PolicySignatureInvalid");
    }
}
