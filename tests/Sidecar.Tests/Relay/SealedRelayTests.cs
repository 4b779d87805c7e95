using System.Net;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Sidecar.Relay;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Relay;

/// <summary>Ciphertext passes in both directions as it comes, and nothing is made of it.</summary>
public sealed class SealedRelayTests
{
    [Theory]
    [InlineData("message/ohttp-chunked-req", "message/ohttp-chunked-res", "?1")]
    [InlineData("message/ohttp-req", "message/ohttp-res", null)]
    [InlineData("message/ohttp-req; a=\"b;", "message/ohttp-res", null)]
    public async Task BytesAndHeadersPassUnchanged(string type, string answerType, string? incremental)
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        byte[] received = [];
        sidecar.Inference.Sealed = async context =>
        {
            Assert.Equal(type.Split(';')[0], context.Request.ContentType);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received = body.ToArray();
            context.Response.ContentType = answerType;
            await context.Response.Body.WriteAsync(received.Reverse().ToArray());
        };
        byte[] sent = new byte[300_000];
        new Random(3).NextBytes(sent);
        using HttpResponseMessage response = await PostAsync(sidecar, new ByteArrayContent(sent), type);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(sent, received);
        Assert.Equal(sent.Reverse(), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(answerType, response.Content.Headers.ContentType!.ToString());
        Assert.Equal("triage-notes", Header(response, "Confidential-Model"));
        Assert.Equal(ByteString.Sha256(sidecar.Inference.KeysetBytes).ToString(), Header(response, "Confidential-Keyset"));
        Assert.Equal("no-store, no-transform", Header(response, "Cache-Control"));
        Assert.Equal("no", Header(response, "X-Accel-Buffering"));
        Assert.Equal(incremental, response.Headers.Contains("Incremental") ? Header(response, "Incremental") : null);
    }

    [Fact]
    public async Task TheFirstPieceOfAnAnswerArrivesBeforeTheLastIsWritten()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        var seen = new TaskCompletionSource();
        sidecar.Inference.Sealed = async context =>
        {
            context.Response.ContentType = "message/ohttp-chunked-res";
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            await context.Response.WriteAsync("last");
        };
        using HttpResponseMessage response = await PostAsync(sidecar, new StringContent("x"));
        await using Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        byte[] piece = new byte[5];
        await stream.ReadExactlyAsync(piece, TestContext.Current.CancellationToken);
        Assert.Equal("first", Encoding.ASCII.GetString(piece));
        Assert.Equal(1, (await sidecar.StatusAsync()).InFlight);
        seen.SetResult();
        using var reader = new StreamReader(stream);
        Assert.Equal("last", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        await Eventually.GetAsync(sidecar.StatusAsync, status => status.InFlight == 0, "no request in flight");
    }

    [Fact]
    public async Task TheFirstPieceOfARequestArrivesBeforeTheLastIsSent()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        var seen = new TaskCompletionSource();
        sidecar.Inference.Sealed = async context =>
        {
            byte[] piece = new byte[5];
            await context.Request.Body.ReadExactlyAsync(piece);
            seen.SetResult();
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(Encoding.ASCII.GetString(piece) + await reader.ReadToEndAsync());
        };
        using HttpResponseMessage response = await PostAsync(sidecar, new PiecewiseContent("first", seen.Task, "last"));
        Assert.Equal("firstlast", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task InferenceLearnsThatTheCallerLeft()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        var left = new TaskCompletionSource();
        sidecar.Inference.Sealed = async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await left.Task;
        };
        HttpResponseMessage response = await PostAsync(sidecar, new StringContent("x"));
        await using (Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))
        {
            await stream.ReadExactlyAsync(new byte[5], TestContext.Current.CancellationToken);
        }

        response.Dispose();
        await left.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AnAnswerThatBreaksOffDoesNotEndCleanly()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        var seen = new TaskCompletionSource();
        sidecar.Inference.Sealed = async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            context.Abort();
        };
        using HttpResponseMessage response = await PostAsync(sidecar, new StringContent("x"));
        await using Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(new byte[5], TestContext.Current.CancellationToken);
        seen.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(async () => Assert.Equal(1, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task AProblemOfInferencePassesThrough()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        sidecar.Inference.Sealed = async context =>
        {
            context.Response.StatusCode = 422;
            context.Response.ContentType = Problem.MediaType;
            await context.Response.Body.WriteAsync(new Problem(422, new(RefusalReason.KeyConfigurationExpired, "Another key is in force.")).ToJson());
        };
        using HttpResponseMessage response = await PostAsync(sidecar, new StringContent("x"));
        await response.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, "KeyConfigurationExpired");
    }

    [Fact]
    public async Task WithoutInferenceTheAnswerIs503AndWithABrokenOne502()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        sidecar.Inference.Sealed = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[1]);
            context.Abort();
        };
        using HttpResponseMessage broken = await PostAsync(sidecar, new StringContent("x"));
        await broken.AssertProblemAsync(HttpStatusCode.BadGateway, "EndpointUnavailable");
        await sidecar.Inference.StopAsync();
        using HttpResponseMessage away = await PostAsync(sidecar, new StringContent("x"));
        await away.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "ModelNotReady");
        Assert.NotNull(away.Headers.RetryAfter);
        using HttpResponseMessage keys = await sidecar.Client.GetAsync(SealedRelay.Path, TestContext.Current.CancellationToken);
        await keys.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "ModelNotReady");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("message/ohttp-res")]
    public async Task AnotherMediaTypeIsNotRelayed(string type)
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        using HttpResponseMessage response = await PostAsync(sidecar, new StringContent("{}"), type);
        await response.AssertProblemAsync(HttpStatusCode.UnsupportedMediaType, "Unsupported");
        Assert.Equal(0, sidecar.Inference.Connections);
    }

    [Fact]
    public async Task ATooLongRequestIsRefused()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("Limits:SealedRequestBytes", "2000"));
        sidecar.Inference.Sealed = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("read");
        };
        using HttpResponseMessage within = await PostAsync(sidecar, new ByteArrayContent(new byte[2000]));
        Assert.Equal(HttpStatusCode.OK, within.StatusCode);
        using HttpResponseMessage known = await PostAsync(sidecar, new ByteArrayContent(new byte[2001]));
        await known.AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "TooLarge");
        using HttpResponseMessage chunked = await PostAsync(sidecar, new PiecewiseContent(new string('a', 1500), Task.CompletedTask, new string('b', 600)));
        await chunked.AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge, "TooLarge");
    }

    [Fact]
    public async Task TooManyAtOnceAreToldSo()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("Limits:SealedRequests", "1"));
        var end = new TaskCompletionSource();
        sidecar.Inference.Sealed = async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await end.Task;
        };
        using HttpResponseMessage first = await PostAsync(sidecar, new StringContent("x"));
        using HttpResponseMessage second = await PostAsync(sidecar, new StringContent("x"));
        await second.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "Overloaded");
        end.SetResult();
        await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AnAnswerThatIsOnItsWayIsFinishedBeforeTheProgramEnds()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        var end = new TaskCompletionSource();
        sidecar.Inference.Sealed = async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await end.Task;
            await context.Response.WriteAsync("last");
        };
        using HttpResponseMessage response = await PostAsync(sidecar, new StringContent("x"));
        await using Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(new byte[5], TestContext.Current.CancellationToken);
        IHostApplicationLifetime lifetime = sidecar.Services.GetRequiredService<IHostApplicationLifetime>();
        Task stopped = sidecar.Services.GetRequiredService<IHost>().StopAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => lifetime.ApplicationStopping.IsCancellationRequested, "the end's beginning");
        end.SetResult();
        using var reader = new StreamReader(stream);
        Assert.Equal("last", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        await stopped;
    }

    internal static Task<HttpResponseMessage> PostAsync(RunningSidecar sidecar, HttpContent content, string type = "message/ohttp-chunked-req",
        string? keyName = null, bool forwarded = false)
    {
        content.Headers.ContentType = null;
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var request = new HttpRequestMessage(HttpMethod.Post, SealedRelay.Path) { Content = content };
        if (keyName is not null)
        {
            request.Headers.Add("Confidential-Key-Id", keyName);
        }

        if (forwarded)
        {
            request.Headers.Add("Confidential-Forwarded", "1");
        }

        return sidecar.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    internal static string Header(HttpResponseMessage response, string name) => string.Join(", ", response.Headers.GetValues(name));
}
