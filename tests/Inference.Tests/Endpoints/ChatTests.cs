using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Tests.Endpoints;

/// <summary>OpenAI's endpoints with the demonstration's chat model, in a process of its own.</summary>
public sealed class ChatTests(ChatTests.Guest guest) : IClassFixture<ChatTests.Guest>
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SealedClient Client => new(guest.Process.Sockets, guest.Caller.Key);

    [Fact]
    public async Task AQuestionIsAnsweredAsTheModelWasTrained()
    {
        JsonArray golden = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Generation.TestModels.DemoFaq, "golden.json"), Stop))!.AsArray();
        foreach (JsonNode? entry in golden.Take(4))
        {
            JsonObject answer = (await Client.PostAsync(Chat, Ask((string)entry!["prompt"]!))).AssertOk().Json;
            Assert.Equal("chat.completion", (string?)answer["object"]);
            Assert.Equal("model", (string?)answer["model"]);
            Assert.StartsWith("chatcmpl-", (string?)answer["id"]);
            JsonNode choice = Assert.Single(answer["choices"]!.AsArray())!;
            Assert.Equal((string?)entry["answer"], ((string?)choice["message"]!["content"])!.Trim());
            Assert.Equal("assistant", (string?)choice["message"]!["role"]);
            Assert.Equal("stop", (string?)choice["finish_reason"]);
            Assert.Equal((int)answer["usage"]!["total_tokens"]!,
                (int)answer["usage"]!["prompt_tokens"]! + (int)answer["usage"]!["completion_tokens"]!);
        }
    }

    [Fact]
    public async Task AStreamGivesTheSameTextAndUsageAndEndsAuthenticated()
    {
        JsonObject whole = (await Client.PostAsync(Chat, Ask("What is attestation?"))).AssertOk().Json;
        JsonObject request = Ask("What is attestation?");
        request["stream"] = true;
        request["stream_options"] = new JsonObject { ["include_usage"] = true };
        SealedAnswer streamed = (await Client.PostAsync(Chat, request)).AssertOk();
        Assert.Equal("text/event-stream", streamed.Head.Header("content-type"));
        string[] events = [.. streamed.Text.Split("\n\n").Where(one => one.StartsWith("data: ", StringComparison.Ordinal)).Select(one => one["data: ".Length..])];
        Assert.Equal("[DONE]", events[^1]);
        JsonObject[] chunks = [.. events[..^1].Select(one => JsonNode.Parse(one)!.AsObject())];
        Assert.True(chunks.Length > 5, "the answer has several pieces");
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", (string?)chunk["object"]));
        Assert.Equal("assistant", (string?)chunks[0]["choices"]![0]!["delta"]!["role"]);
        Assert.Equal((string?)whole["choices"]![0]!["message"]!["content"],
            string.Concat(chunks[..^1].Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("stop", (string?)chunks[^2]["choices"]![0]!["finish_reason"]);
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(whole["usage"]!.ToJsonString(), chunks[^1]["usage"]!.ToJsonString());
    }

    [Fact]
    public async Task LimitsAndStopsAreKept()
    {
        JsonObject request = Ask("What is attestation?");
        request["max_completion_tokens"] = 3;
        JsonObject answer = (await Client.PostAsync(Chat, request)).AssertOk().Json;
        Assert.Equal("length", (string?)answer["choices"]![0]!["finish_reason"]);
        Assert.Equal(3, (int)answer["usage"]!["completion_tokens"]!);

        request = Ask("What is attestation?");
        request["stop"] = new JsonArray("signed");
        answer = (await Client.PostAsync(Chat, request)).AssertOk().Json;
        Assert.Equal("stop", (string?)answer["choices"]![0]!["finish_reason"]);
        Assert.DoesNotContain("signed", (string?)answer["choices"]![0]!["message"]!["content"]);

        request = new JsonObject { ["model"] = "model", ["prompt"] = "What is", ["max_tokens"] = 4, ["temperature"] = 0 };
        answer = (await Client.PostAsync("/v1/completions", request)).AssertOk().Json;
        Assert.Equal("text_completion", (string?)answer["object"]);
        Assert.NotNull((string?)answer["choices"]![0]!["text"]);
    }

    [Theory]
    [InlineData("not JSON", null)]
    [InlineData("""{"model":"model"}""", "messages")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":"model","messages":[]}""", "messages")]
    [InlineData("""{"model":"model","messages":[{"role":"wizard","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"model","messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"temperature":3}""", "temperature")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", "temperature")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"top_p":0}""", "top_p")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_completion_tokens":1}""", "max_tokens")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"stop":["a","b","c","d","e"]}""", "stop")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"logprobs":true}""", "logprobs")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "tools")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""", "response_format.type")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true}}""", "stream_options")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"x"}],"wizardry":1}""", "wizardry")]
    [InlineData("""{"model":"model","messages":[{"role":"user","content":"\ud800"}]}""", null)]
    [InlineData("""{"model":"model","model":"model","messages":[{"role":"user","content":"x"}]}""", null)]
    public async Task AWrongRequestNamesItsField(string body, string? field)
    {
        JsonObject error = (await Client.PostAsync(Chat, body)).AssertError(400, RefusalReason.RequestInvalid);
        Assert.Equal("invalid_request_error", (string?)error["type"]);
        Assert.Equal(field, (string?)error["param"]);
        Assert.Contains(field ?? "body", (string?)error["message"]);
    }

    [Fact]
    public async Task AnotherModelOrPathIsNotThere()
    {
        JsonObject request = Ask("hi");
        request["model"] = "gpt";
        Assert.Equal("model", (string?)(await Client.PostAsync(Chat, request)).AssertError(404, RefusalReason.ModelNotFound)["param"]);
        (await Client.GetAsync("/v1/models/gpt")).AssertError(404, RefusalReason.ModelNotFound);
        (await Client.GetAsync("/v1/models/model")).AssertOk();
        (await Client.GetAsync("/v1/files")).AssertError(404, RefusalReason.ResourceNotFound);
        (await Client.GetAsync(Chat)).AssertError(400, RefusalReason.RequestInvalid);
    }

    [Fact]
    public async Task ATooLongPromptIsRefused()
    {
        JsonObject request = Ask(new string('x', 100_000));
        (await Client.PostAsync(Chat, request)).AssertError(400, RefusalReason.ContextLengthExceeded);
    }

    [Fact]
    public async Task ACallersLimitAndTheGuestsPlacesAreKept()
    {
        using var hold = new HeldRequest();
        Task<HttpResponseMessage> first = await hold.BeginAsync(guest.Process.Sockets, new SealedClient(guest.Process.Sockets, guest.Single.Key));
        await guest.Process.Sockets.UntilAsync(state => state.InFlight == 1);
        (await new SealedClient(guest.Process.Sockets, guest.Single.Key).GetAsync("/v1/models")).AssertError(429, RefusalReason.CallerLimitExceeded);
        (await Client.GetAsync("/v1/models")).AssertOk();

        using var holdToo = new HeldRequest();
        Task<HttpResponseMessage> second = await holdToo.BeginAsync(guest.Process.Sockets, Client);
        await guest.Process.Sockets.UntilAsync(state => state.InFlight == 2);
        SealedAnswer answer = await Client.GetAsync("/v1/models");
        answer.AssertError(429, RefusalReason.Overloaded);
        Assert.Equal("1", answer.Head.Header("retry-after"));
        (await Client.GetAsync("/v2/health/live")).AssertOk();

        hold.Finish();
        holdToo.Finish();
        await Answers.AssertAsync(System.Net.HttpStatusCode.OK, await first);
        await Answers.AssertAsync(System.Net.HttpStatusCode.OK, await second);
        await guest.Process.Sockets.UntilAsync(state => state.InFlight == 0);
        (await Client.GetAsync("/v1/models")).AssertOk();
    }

    [Fact]
    public async Task AClientThatGoesAwayFreesItsPlace()
    {
        JsonObject request = Ask("What is attestation?");
        request["stream"] = true;
        (byte[] sealedBytes, ClientExchange exchange) = await Client.SealAsync(Client.Request("POST", Chat), Encoding.UTF8.GetBytes(request.ToJsonString()));
        exchange.Dispose();
        HttpResponseMessage answer = await Client.SendAsync(sealedBytes);
        answer.Dispose();
        await guest.Process.Sockets.UntilAsync(state => state.InFlight == 0);

        using var hold = new HeldRequest();
        _ = await hold.BeginAsync(guest.Process.Sockets, Client);
        await guest.Process.Sockets.UntilAsync(state => state.InFlight == 1);
        hold.Abort();
        await guest.Process.Sockets.UntilAsync(state => state.InFlight == 0);
    }

    [Fact]
    public async Task NoWordOfARequestIsWrittenAnywhere()
    {
        const string marker = "xylophone-9347";
        await Client.PostAsync(Chat, Ask($"What is {marker}?"));
        await Client.PostAsync(Chat, $"{{\"model\":\"{marker}\",\"messages\":[{{\"role\":\"{marker}\",\"content\":\"{marker}\"}}]}}");
        await Client.PostAsync(Chat, "{ " + marker);
        await Client.PostAsync($"/v1/{marker}", "{}");
        await new SealedClient(guest.Process.Sockets, "cfm_" + marker).GetAsync($"/v1/models/{marker}");
        string metrics = await guest.Process.Sockets.Control.GetStringAsync("/metrics", Stop);
        Assert.Contains("confidential_sealed_requests_total", metrics);
        Assert.DoesNotContain(marker, metrics);
        Assert.DoesNotContain(marker, guest.Process.Output);
        Assert.DoesNotContain(guest.Caller.Key, guest.Process.Output);
        Assert.DoesNotContain("401", metrics);
    }

    private static JsonObject Ask(string question) => new()
    {
        ["model"] = "model",
        ["temperature"] = 0,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
    };

    public sealed class Guest : IAsyncLifetime
    {
        private SealedModel _model = null!;

        internal TestCaller Caller { get; } = TestCaller.Create("a");

        internal TestCaller Single { get; } = TestCaller.Create("single", maxInFlight: 1);

        internal InferenceProcess Process { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _model = await SealedModel.CreateAsync(ModelFolders.CopyChat);
            Process = await InferenceProcess.StartAsync(_model, ("Inference__Model__Task", "chat"), ("Inference__MaxConcurrentRequests", "2"));
            await Process.Sockets.ServeAsync(_model, Caller, Single);
        }

        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            _model.Dispose();
        }
    }
}
