using System.Net;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Tests.Channel;

/// <summary>What can go wrong with a sealed request, and what is said in clear about it.</summary>
public sealed class SealedRequestTests : IAsyncLifetime
{
    private readonly TestCaller _caller = TestCaller.Create("a", maxInFlight: 64);
    private SealedModel _model = null!;
    private InferenceHost _host = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SealedClient Client => new(_host.Sockets, _caller.Key) { Time = _host.Clock };

    public async ValueTask InitializeAsync()
    {
        _model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        _host = await InferenceHost.StartAsync(_model, null, ("Inference__MaxRequestBytes", "20000"));
        await _host.Sockets.ServeAsync(_model, _caller);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _model.Dispose();
    }

    [Theory]
    [InlineData(SealedFormat.Chunked, HpkeAead.Aes256Gcm)]
    [InlineData(SealedFormat.Chunked, HpkeAead.Aes128Gcm)]
    [InlineData(SealedFormat.Whole, HpkeAead.Aes256Gcm)]
    [InlineData(SealedFormat.Whole, HpkeAead.Aes128Gcm)]
    public async Task EveryFormAndCipherIsAnswered(SealedFormat format, HpkeAead aead)
    {
        var client = new SealedClient(_host.Sockets, _caller.Key) { Time = _host.Clock, Format = format, Aead = aead };
        SealedAnswer answer = (await client.GetAsync("/v1/models")).AssertOk();
        Assert.Equal("model", (string?)answer.Json["data"]![0]!["id"]);
    }

    [Fact]
    public async Task ARequestIsTakenOnce()
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("GET", "/v1/models"), null);
        exchange.Dispose();
        await Answers.AssertAsync(HttpStatusCode.OK, await Client.SendAsync(sealedBytes));
        for (int i = 0; i < 3; i++)
        {
            await Answers.AssertProblemAsync(HttpStatusCode.Conflict, RefusalReason.RequestReplayed, await Client.SendAsync(sealedBytes));
        }
    }

    [Fact]
    public async Task OfManyCopiesAtOnceOneIsAnswered()
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("GET", "/v1/models"), null);
        exchange.Dispose();
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Client.SendAsync(sealedBytes)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(11, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task ARequestToAnUnknownKeyIsToldTheKeysInForce()
    {
        KeyConfiguration key = await Client.KeyAsync();
        using HpkePrivateKey gone = HpkePrivateKey.Generate();
        var expired = new KeyConfiguration((byte)(key.KeyId ^ 0x80), gone.PublicKey, key.Aeads);
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("GET", "/v1/models"), null, expired);
        exchange.Dispose();
        var problem = await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.KeyConfigurationExpired,
            await Client.SendAsync(sealedBytes));
        Assert.Equal(Ohttp.KeyProblemType, (string?)problem["type"]);
        Assert.True(KeyConfiguration.TryParse(Convert.FromBase64String((string)problem["keys"]!), out var keys, out _));
        Assert.Equal(key.PublicKey, keys[0].PublicKey);
    }

    [Fact]
    public async Task ANamedKeyMustBeTheOneThatTheRequestIsSealedTo()
    {
        KeyConfiguration key = await Client.KeyAsync();
        foreach ((string name, HttpStatusCode status) in new[] { (key.KeyName, HttpStatusCode.OK), (new string('0', 16), HttpStatusCode.UnprocessableEntity) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sealed") { Content = new ByteArrayContent(await ChangedAsync(_ => { })) };
            request.Content.Headers.ContentType = new(Ohttp.ChunkedRequestMediaType);
            request.Headers.Add("Confidential-Key-Id", name);
            Assert.Equal(status, (await _host.Sockets.Ciphertext.SendAsync(request, Stop)).StatusCode);
        }
    }

    [Fact]
    public async Task ManyRequestsAtOnceAreAllAnswered()
    {
        SealedAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => Task.Run(() => Client.GetAsync("/v2/models/model"))));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(0, (await _host.Sockets.UntilAsync(state => state.InFlight == 0)).InFlight);
    }

    [Fact]
    public async Task AChangedByteAnywhereIsRefused()
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("POST", "/v2/models/model/infer"), new byte[300]);
        exchange.Dispose();
        int[] places = [7, 20, OhttpRequestHeader.Length, OhttpRequestHeader.Length + 3, sealedBytes.Length / 2, sealedBytes.Length - 1];
        foreach (int place in places)
        {
            byte[] changed = [.. sealedBytes];
            changed[place] ^= 1;
            HttpResponseMessage answer = await Client.SendAsync(changed);
            Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{answer.StatusCode} for byte {place}");
        }

        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.RequestNotAuthentic,
            await Client.SendAsync(await ChangedAsync(bytes => bytes[^1] ^= 1)));
    }

    [Fact]
    public async Task ACutRequestIsRefused()
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("POST", "/v2/models/model/infer"), new byte[18_000]);
        exchange.Dispose();
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.RequestNotAuthentic, await Client.SendAsync(sealedBytes[..^1]));
        (sealedBytes, exchange) = await Client.SealAsync(Client.Request("POST", "/v2/models/model/infer"), new byte[18_000]);
        exchange.Dispose();
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.RequestNotAuthentic, await Client.SendAsync(sealedBytes[..17_000]));
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed, await Client.SendAsync(sealedBytes[..10]));
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed, await Client.SendAsync([]));
    }

    [Fact]
    public async Task AnotherCipherThanTheKeyIsForIsRefused()
    {
        byte[] downgraded = await ChangedAsync(bytes => bytes[6] = (byte)HpkeAead.Aes128Gcm);
        await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.KeyConfigurationExpired, await Client.SendAsync(downgraded));
        byte[] unknown = await ChangedAsync(bytes => bytes[6] = 9);
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Unsupported, await Client.SendAsync(unknown));
    }

    [Fact]
    public async Task ATooLongRequestIsRefused()
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("POST", "/v2/models/model/infer"), new byte[20_001]);
        exchange.Dispose();
        await Answers.AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, RefusalReason.TooLarge, await Client.SendAsync(sealedBytes));
        var whole = new SealedClient(_host.Sockets, _caller.Key) { Time = _host.Clock, Format = SealedFormat.Whole };
        (sealedBytes, exchange) = await whole.SealAsync(whole.Request("POST", "/v2/models/model/infer"), new byte[2 * 1024 * 1024]);
        exchange.Dispose();
        await Answers.AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, RefusalReason.TooLarge, await whole.SendAsync(sealedBytes));
    }

    [Fact]
    public async Task AWholeRequestIsShortSinceItIsKeptBeforeItIsKnownToBeGenuine()
    {
        await using InferenceHost host = await InferenceHost.StartAsync(_model);
        await host.Sockets.ServeAsync(_model, _caller);
        foreach ((SealedFormat format, HttpStatusCode status) in new[]
        {
            (SealedFormat.Whole, HttpStatusCode.RequestEntityTooLarge), (SealedFormat.Chunked, HttpStatusCode.OK),
        })
        {
            var client = new SealedClient(host.Sockets, _caller.Key) { Time = host.Clock, Format = format };
            (byte[] sealedBytes, ClientExchange exchange) = await client.SealAsync(client.Request("POST", "/v2/models/model/infer"), new byte[1_200_000]);
            exchange.Dispose();
            using HttpResponseMessage answer = await client.SendAsync(sealedBytes);
            Assert.Equal(status, answer.StatusCode);
        }
    }

    [Fact]
    public async Task APlainRequestIsRefused()
    {
        await Answers.AssertProblemAsync(HttpStatusCode.BadRequest, RefusalReason.Malformed,
            await Client.SendAsync("{}"u8.ToArray(), "application/json"));
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Sockets.Ciphertext.PostAsync("/v1/chat/completions", new StringContent("{}"), Stop)).StatusCode);
    }

    [Fact]
    public async Task ARequestSaysItsDate()
    {
        DateTimeOffset now = _host.Clock.GetUtcNow();
        foreach (int seconds in new[] { -299, 0, 299 })
        {
            (await Client.AskAsync(Client.Request("GET", "/v1/models", now.AddSeconds(seconds).ToString("r")))).AssertOk();
        }

        foreach (string date in new[] { now.AddSeconds(-302).ToString("r"), now.AddSeconds(302).ToString("r"), "yesterday", "" })
        {
            (await Client.AskAsync(Client.Request("GET", "/v1/models", date))).AssertError(400, RefusalReason.RequestDateOutOfRange);
        }

        var undated = new BinaryHttpRequest("GET", "https", "guest", "/v1/models", [new("authorization", "Bearer " + _caller.Key)]);
        SealedAnswer answer = await Client.AskAsync(undated);
        answer.AssertError(400, RefusalReason.RequestDateOutOfRange);
        Assert.Equal(now.ToString("r"), answer.Head.Header("date"));
    }

    [Fact]
    public async Task ACutAnswerIsKnownToBeCut()
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("GET", "/v1/models"), null);
        using HttpResponseMessage answer = await Client.SendAsync(sealedBytes);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(Stop);
        ChannelException cut = await Assert.ThrowsAsync<ChannelException>(() => SealedClient.OpenAsync(exchange, body[..^1]));
        Assert.Contains(cut.Refusal.Reason, new[] { RefusalReason.ResponseTruncated, RefusalReason.ResponseNotAuthentic });
    }

    [Fact]
    public async Task GarbageIsRefusedAndHarmless()
    {
        // Seeded, so that a failure comes again.
        var random = new Random(20261125);
        for (int round = 0; round < 200; round++)
        {
            byte[] garbage = new byte[random.Next(0, 600)];
            random.NextBytes(garbage);
            if (round % 2 == 0)
            {
                byte[] genuine = await ChangedAsync(_ => { });
                genuine.AsSpan(0, Math.Min(genuine.Length, garbage.Length / 2)).CopyTo(garbage);
            }

            HttpResponseMessage answer = await Client.SendAsync(garbage);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }

        (await Client.GetAsync("/v1/models")).AssertOk();
        Assert.Equal(0, (await _host.Sockets.StateAsync()).InFlight);
    }

    private async Task<byte[]> ChangedAsync(Action<byte[]> change)
    {
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("GET", "/v1/models"), null);
        exchange.Dispose();
        change(sealedBytes);
        return sealedBytes;
    }
}
