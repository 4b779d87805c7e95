using System.Net;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Tests.Keys;

/// <summary>The keyset and the rotation of the keys in it.</summary>
public sealed class KeysetTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheKeysetSaysWhatIsServedAndWithWhichKeys()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor, version: 5);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        await Answers.AssertProblemAsync(HttpStatusCode.Conflict, RefusalReason.ModelNotReady, await host.Sockets.Control.GetAsync("/v1/keyset", Stop));
        await Answers.AssertProblemAsync(HttpStatusCode.Conflict, RefusalReason.ModelNotReady, await host.Sockets.Control.GetAsync("/v1/ohttp-keys", Stop));
        await host.Sockets.ServeAsync(model, TestCaller.Create("a"));

        byte[] bytes = await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop);
        Assert.True(Keyset.TryParse(bytes, out Keyset? keyset, out Refusal? refusal), refusal?.ToString());
        Assert.Equal("model", keyset.Model.Name);
        Assert.Equal(5, keyset.Model.Version);
        Assert.Equal(model.Digest, "sha256:" + keyset.Model.ManifestSha256);
        Assert.Equal(GuestSockets.Identity.Replica, keyset.Replica);
        Assert.Equal(GuestSockets.Identity.InitDataSha256, keyset.InitDataSha256.ToString());
        Assert.Equal(GuestSockets.Identity.PolicySha256, keyset.PolicySha256?.ToString());
        Assert.Equal(GuestSockets.Identity.TlsSpkiSha256, keyset.TlsSpkiSha256.Select(digest => digest.ToString()));
        Assert.NotEqual(0, keyset.ReceiptKey.Length);
        Assert.InRange(keyset.NotAfter - host.Clock.GetUtcNow(), TimeSpan.FromMinutes(69), TimeSpan.FromMinutes(70));

        IReadOnlyList<KeyConfiguration> configurations = await host.Sockets.ConfigurationsAsync();
        Assert.Equal([HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm], configurations.Select(key => Assert.Single(key.Aeads)));
        Assert.Equal(configurations.Select(key => (key.KeyId, key.PublicKey)), keyset.SealingKeys.Select(key => (key.KeyId, key.PublicKey)));
        Assert.Equal([2, 1], keyset.SealingKeys.Select(key => (int)key.Aead));
        Assert.NotEqual(configurations[0].PublicKey, configurations[1].PublicKey);
        Assert.Equal(ByteString.Sha256(bytes).ToString(), (await host.Sockets.StateAsync()).KeysetSha256);
        Assert.Equal(bytes, await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop));
    }

    [Fact]
    public async Task AnotherIdentityIsAnotherKeyset()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        await host.Sockets.ServeAsync(model, TestCaller.Create("a"));
        byte[] before = await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop);
        await Answers.AssertAsync(HttpStatusCode.NoContent, await host.Sockets.PutIdentityAsync(GuestSockets.Identity with { PolicySha256 = new string('a', 64) }));
        Assert.NotEqual(before, await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop));
    }

    [Fact]
    public async Task KeysAreHandedOutForAnHourAndOpenForTenMinutesMore()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        TestCaller caller = TestCaller.Create("a");
        await host.Sockets.ServeAsync(model, caller);
        var client = new SealedClient(host.Sockets, caller.Key) { Time = host.Clock };
        byte[] first = await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop);
        KeyConfiguration key = await client.KeyAsync();

        host.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(first, await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop));
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEqual(first, await host.Sockets.Control.GetByteArrayAsync("/v1/keyset", Stop));
        Assert.NotEqual(key.KeyId, (await client.KeyAsync()).KeyId);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, key)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, await client.KeyAsync())).StatusCode);

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        var problem = await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.KeyConfigurationExpired, await SendAsync(client, key));
        Assert.Equal("https://iana.org/assignments/http-problem-types#ohttp-key", (string?)problem["type"]);
        Assert.True(KeyConfiguration.TryParse(Convert.FromBase64String((string)problem["keys"]!), out var now, out _));
        Assert.Equal((await client.KeyAsync()).PublicKey, now[0].PublicKey);
    }

    private static async Task<HttpResponseMessage> SendAsync(SealedClient client, KeyConfiguration key)
    {
        (byte[] sealedBytes, ClientExchange exchange) = await client.SealAsync(client.Request("GET", "/v1/models"), null, key);
        exchange.Dispose();
        return await client.SendAsync(sealedBytes);
    }
}
