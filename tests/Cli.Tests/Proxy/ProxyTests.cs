using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Cli.Tests.Proxy;

public sealed class ProxyTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plain_client_is_answered_through_the_channel()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(callerKey: "cfm_key");
        await using RunningProxy proxy = await StartAsync(guest);
        proxy.Client.DefaultRequestHeaders.Authorization = new("Bearer", "cfm_key");
        using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/chat/completions", Chat("marzipan"), Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("you said: marzipan", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.DoesNotContain("marzipan", Encoding.Latin1.GetString(Assert.Single(guest.Wire)), StringComparison.Ordinal);
        Assert.DoesNotContain("marzipan", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("cfm_key", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_models_are_routed_by_body_and_path_and_listed()
    {
        GuestEndpoint first = await _world.StartGuestAsync();
        GuestEndpoint second = await _world.StartGuestAsync("wdbc");
        _world.WritePolicy("wdbc.dsse.json", policy => policy with { Model = "wdbc" });
        string config = _world.Folder.Write("proxy.yaml", $"""
            models:
            - name: triage-notes
              endpoint: {first.Address}
              policy: policy.dsse.json
              owners: [owner.pub.pem]
              developmentRoots: [ark.pem]
            - endpoint: {second.Address}
              policy: wdbc.dsse.json
              owners: [owner.pub.pem]
              developmentRoots: [ark.pem]
            """);
        await using RunningProxy proxy = await RunningProxy.StartAsync(_world, "--config", config);
        JsonNode list = (await proxy.Client.GetFromJsonAsync<JsonNode>("/v1/models", Token))!;
        Assert.Equal(["triage-notes", "wdbc"], list["data"]!.AsArray().Select(entry => entry!["id"]!.GetValue<string>()));
        using HttpResponseMessage chat = await proxy.Client.PostAsync("/v1/chat/completions", Chat("hello"), Token);
        using HttpResponseMessage infer = await proxy.Client.PostAsync("/v2/models/wdbc/infer",
            Json("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}]}"""), Token);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (chat.StatusCode, infer.StatusCode));
        Assert.Equal("/v1/chat/completions", Assert.Single(first.Opened).Path);
        Assert.Equal("/v2/models/wdbc/infer", Assert.Single(second.Opened).Path);
    }

    [Fact]
    public async Task An_unknown_model_is_refused_here()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await StartAsync(guest);
        using HttpResponseMessage openAi = await proxy.Client.PostAsync("/v1/embeddings", Json("""{"model":"other","input":"x"}"""), Token);
        JsonNode error = (await openAi.Content.ReadFromJsonAsync<JsonNode>(Token))!["error"]!;
        Assert.Equal((HttpStatusCode.NotFound, "ModelNotFound"), (openAi.StatusCode, error["code"]!.GetValue<string>()));
        using HttpResponseMessage inference = await proxy.Client.GetAsync("/v2/models/other", Token);
        Assert.Equal(HttpStatusCode.NotFound, inference.StatusCode);
        Assert.StartsWith("ModelNotFound", (await inference.Content.ReadFromJsonAsync<JsonNode>(Token))!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(guest.Wire);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"model":"triage-notes","model":"other"}""")]
    [InlineData("""{"model":7}""")]
    public async Task A_body_that_does_not_say_its_model_once_is_refused(string body)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await StartAsync(guest);
        using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/chat/completions", Json(body), Token);
        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "RequestInvalid");
        Assert.Empty(guest.Wire);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_unread()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await StartAsync(guest);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent(new byte[(64 * 1024 * 1024) + 1]) };
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Token);
        await AssertRefusedAsync(response, HttpStatusCode.RequestEntityTooLarge, "TooLarge");
        Assert.Empty(guest.Wire);
    }

    [Fact]
    public async Task Path_query_and_headers_arrive_as_they_were()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await StartAsync(guest);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/models/triage-notes/ready?a=1&b=%2Fx");
        request.Headers.Add("X-Trace", "seven");
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Token);
        Assert.Equal("/v2/models/triage-notes/ready?a=1&b=%2Fx", Assert.Single(guest.Opened).Path);
        Assert.Equal("seven", Assert.Single(guest.Opened).Header("x-trace"));
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData(null, "--api-key", HttpStatusCode.OK)]
    [InlineData(null, "--api-key-file", HttpStatusCode.OK)]
    [InlineData("cfm_other", "--api-key", HttpStatusCode.Unauthorized)]
    public async Task The_proxys_own_key_is_used_only_where_a_request_brings_none(string? key, string option, HttpStatusCode status)
    {
        string own = option == "--api-key" ? "cfm_key" : _world.Folder.Write("key", "cfm_key\n");
        GuestEndpoint guest = await _world.StartGuestAsync(callerKey: "cfm_key");
        await using RunningProxy proxy = await RunningProxy.StartAsync(_world, ["--endpoint", guest.Address.AbsoluteUri, option, own, .. _world.Trust()]);
        proxy.Client.DefaultRequestHeaders.Authorization = key is null ? null : new("Bearer", key);
        using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/chat/completions", Chat("hello"), Token);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_stream_passes_as_it_comes()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        var release = new TaskCompletionSource();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/event-stream")]));
            await response.WriteAsync("data: one\n\n"u8.ToArray(), Token);
            await release.Task;
            await response.WriteAsync("data: two\n\n"u8.ToArray(), Token);
            await response.CompleteAsync(0, Token);
        };
        await using RunningProxy proxy = await StartAsync(guest);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Chat("hello") };
        using HttpResponseMessage streamed = await proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        using var reader = new StreamReader(await streamed.Content.ReadAsStreamAsync(Token));
        Assert.Equal("data: one", await reader.ReadLineAsync(Token));

        // The guest waits for this test: the first event came through although the second does not exist yet.
        release.SetResult();
        Assert.Equal("\ndata: two\n\n", await reader.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task A_cut_answer_is_a_broken_stream()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, Token);
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/event-stream")]));
            await response.WriteAsync("data: one\n\n"u8.ToArray(), Token);
        };
        await using RunningProxy proxy = await StartAsync(guest);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Chat("hello") };
        Exception broken = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using HttpResponseMessage response = await proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            await response.Content.ReadAsStringAsync(Token);
        });
        Assert.True(broken is HttpRequestException or IOException, broken.GetType().Name);
        await Eventually.HoldsAsync(() => Task.FromResult(proxy.Log.Contains("was cut: ResponseTruncated", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_who_goes_away_ends_the_guests_work()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        var gone = new TaskCompletionSource();
        guest.Answer = async (exchange, context) =>
        {
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, []));
            await response.WriteAsync("first"u8.ToArray(), Token);
            context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
        };
        await using RunningProxy proxy = await StartAsync(guest);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Chat("hello") };
        using (HttpResponseMessage response = await proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token))
        {
            Assert.Equal(5, await (await response.Content.ReadAsStreamAsync(Token)).ReadAsync(new byte[16], Token));
        }

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
    }

    [Fact]
    public async Task Changed_keys_are_verified_again_and_the_client_sees_nothing_of_it()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await StartAsync(guest);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/chat/completions", Chat("hello"), Token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            guest.Rotate();
        }
    }

    [Fact]
    public async Task A_guest_that_does_not_prove_itself_gets_nothing_and_the_client_the_reason()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(launch: LaunchInputs.Development with { VirtualCpus = 64 });
        await using RunningProxy proxy = await StartAsync(guest);
        using HttpResponseMessage response = await proxy.Client.PostAsync("/v1/chat/completions", Chat("marzipan"), Token);
        JsonNode error = (await response.Content.ReadFromJsonAsync<JsonNode>(Token))!["error"]!;
        Assert.Equal((HttpStatusCode.Forbidden, "MeasurementNotAccepted"), (response.StatusCode, error["code"]!.GetValue<string>()));
        Assert.Empty(guest.Wire);
        using HttpResponseMessage ready = await proxy.Client.GetAsync("/readyz", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        await Eventually.HoldsAsync(() => Task.FromResult(proxy.Log.Contains("is not verified and gets no request: MeasurementNotAccepted", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task It_is_ready_when_it_has_verified_and_says_what()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await StartAsync(guest);
        await Eventually.HoldsAsync(async () =>
        {
            using HttpResponseMessage ready = await proxy.Client.GetAsync("/readyz", Token);
            return ready.StatusCode == HttpStatusCode.OK;
        });
        JsonNode state = (await proxy.Client.GetFromJsonAsync<JsonNode>("/verification", Token))!["models"]!["triage-notes"]!;
        Assert.True(state["verified"]!.GetValue<bool>());
        Assert.True(state["development"]!.GetValue<bool>());
        Assert.Equal(guest.Keys.KeysetSha256.ToString(), state["guests"]![0]!["keysetSha256"]!.GetValue<string>());
        Assert.True(state["lastVerification"]!["accepted"]!.GetValue<bool>());
        Assert.Empty(guest.Wire);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static StringContent Chat(string prompt) => Json($$"""{"messages":[{"role":"user","content":"{{prompt}}"}],"model":"triage-notes"}""");

    private static async Task AssertRefusedAsync(HttpResponseMessage response, HttpStatusCode status, string reason)
    {
        JsonNode error = (await response.Content.ReadFromJsonAsync<JsonNode>(Token))!["error"]!;
        Assert.Equal((status, reason), (response.StatusCode, error["code"]!.GetValue<string>()));
        Assert.EndsWith(".", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private Task<RunningProxy> StartAsync(GuestEndpoint guest) =>
        RunningProxy.StartAsync(_world, ["--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()]);
}
