using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Release;

/// <summary>
/// The case table of Trustee's integration tests, with an owner's policy in the place of its resource policy. Its device cases need evidence of
/// devices, which this broker does not accept yet. Where Trustee affirms, test hardware gets a warning.
/// </summary>
public sealed class TrusteeAcceptanceTests
{
    private const string Secret = "default/test/secret";

    [Theory]
    [InlineData("basic_ear_allow_all", "aa11", "warning", HttpStatusCode.OK)]
    [InlineData("basic_ear_deny_all", "0000", "contraindicated", HttpStatusCode.Forbidden)]
    [InlineData("policy_contraindicated", "0123", "contraindicated", HttpStatusCode.Forbidden)]
    [InlineData("policy_not_contraindicated", "aa11", "warning", HttpStatusCode.OK)]
    public async Task ACaseOfTheTableEndsAsItSays(string name, string measurement, string status, HttpStatusCode expected)
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        Directory.CreateDirectory(broker.Folder["tenants/default/owners"]);
        File.Copy(broker.Folder["tenants/clinic/owners/first.pem"], broker.Folder["tenants/default/owners/first.pem"]);
        await StoreAsync(broker);
        JsonObject policy = TestPolicy.Make(broker.Clock.GetUtcNow().AddDays(1), model: "test", tenant: "default");
        policy["resources"] = new JsonArray("kbs:///" + Secret);
        policy["tee"]!["snp"]!["measurements"] = new JsonArray(TestGuest.Digest(measurement));
        policy["initDataDigests"] = new JsonArray(TestGuest.Sha256(TestGuest.InitDataFor("clinic", "triage-notes")));
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker)
        {
            InitData = null,
            ExtraParams = JsonNode.Parse("""{"confidential-model":{"tenant":"default","model":"test","replica":"a/b"}}"""),
        };
        await guest.HandshakeAsync();
        Assert.True(KeyReleaseTests.EarStatus(guest) == status, name);
        HttpResponseMessage response = await guest.ResourceAsync(Secret);
        Assert.True(response.StatusCode == expected, name);
        if (expected == HttpStatusCode.OK)
        {
            Assert.Equal([1, 2, 3], guest.Open(await response.AssertTextAsync()));
        }
    }

    private static async Task StoreAsync(RunningBroker broker)
    {
        using HttpClient owner = broker.Client();
        owner.DefaultRequestHeaders.Add("Authorization", "Bearer " + broker.Owner.Token("default", broker.Clock.GetUtcNow().AddMinutes(1)));
        await (await owner.PostAsync("/kbs/v0/resource/" + Secret, new ByteArrayContent([1, 2, 3]), TestContext.Current.CancellationToken)).AssertTextAsync();
    }
}
