using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.KeyBroker.Tests.Release;

/// <summary>The way of a caller list: the owner's tool signs and stores it, the broker releases it like a key, the guest opens it. All with the product's own code.</summary>
public sealed class CallerListReleaseTests
{
    private const string Path = "clinic/callers/v1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OwnerKeyAlgorithm.EcdsaP256)]
    [InlineData(OwnerKeyAlgorithm.EcdsaP384)]
    [InlineData(OwnerKeyAlgorithm.Ed25519)]
    public async Task AListThatAnOwnerStoresReachesTheGuest(OwnerKeyAlgorithm algorithm)
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using OwnerKey owner = OwnerKey.Generate(algorithm);
        await File.WriteAllTextAsync(broker.Folder["tenants/clinic/owners/second.pem"], owner.PublicKey.ToPem(), Token);
        DateTimeOffset now = broker.Clock.GetUtcNow();
        Assert.True(CallerKey.TryHash(CallerKey.Generate(), out ByteString? key));
        var list = new CallerList { Tenant = "clinic", Version = 1, Callers = [new("nurse", key, ["triage-notes"], 4, now.AddDays(1))] };
        using HttpClient client = broker.Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerTokenText.Create(owner, "clinic", now.AddMinutes(5)));
        await (await client.PostAsync("/kbs/v0/resource/" + Path, new ByteArrayContent(list.Sign(owner).ToJson()), Token)).AssertTextAsync();
        CallerList received = await ReceiveAsync(broker, owner);
        Assert.Equal("nurse", received.Find(key)?.Name);
    }

    [Fact]
    public async Task ATokenForAnotherTenantStoresNothing()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        await File.WriteAllTextAsync(broker.Folder["tenants/clinic/owners/second.pem"], owner.PublicKey.ToPem(), Token);
        using HttpClient client = broker.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", OwnerTokenText.Create(owner, "bank", broker.Clock.GetUtcNow().AddMinutes(5)));
        await (await client.PostAsync("/kbs/v0/resource/" + Path, new ByteArrayContent([1]), Token))
            .AssertProblemAsync(HttpStatusCode.Unauthorized, "NotAuthorized");
    }

    private static async Task<CallerList> ReceiveAsync(RunningBroker broker, OwnerKey owner)
    {
        string initData = TestGuest.InitDataFor("clinic", "triage-notes", TestGuest.Manifest, "kbs:///clinic/triage-notes/v3", "kbs:///" + Path);
        JsonObject policy = broker.Policy(version: 2);
        policy["initDataDigests"] = new JsonArray(TestGuest.Sha256(initData));
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker) { InitData = initData };
        await guest.HandshakeAsync();
        byte[] jwe = Encoding.UTF8.GetBytes(await (await guest.ResourceAsync(Path)).AssertTextAsync());
        Assert.True(Jwe.TryOpen(jwe, guest.Key, out SecretKey? envelope, out Refusal? refusal), refusal?.ToString());
        using (envelope)
        {
            Assert.True(CallerList.TryOpen(envelope.Span.ToArray(), [owner.PublicKey], out CallerList? list, out refusal), refusal?.ToString());
            return list;
        }
    }
}
