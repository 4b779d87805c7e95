using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Cli.Tests.Endpoints;

/// <summary>chat, embed, infer.</summary>
public sealed class AskTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    [Fact]
    public async Task Chat_prints_the_answer_and_nothing_else()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(callerKey: "cfm_key");
        Cfm run = (await _world.RunAsync(guest, "chat", "good morning", "--system", "be kind", "--max-tokens", "7", "--api-key", "cfm_key")).Expect(0);
        Assert.Equal("you said: good morning \n", run.Output);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData("@everybody")]
    [InlineData("[square] brackets")]
    [InlineData("a \"quoted\" word")]
    public async Task A_prompt_is_taken_as_it_is(string prompt)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await _world.RunAsync(guest, "chat", prompt)).Expect(0);
        Assert.Equal($"you said: {prompt} \n", run.Output);
    }

    [Fact]
    public async Task Chat_as_json_is_the_completion()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await _world.RunAsync(guest, "chat", "good morning", "-o", "json")).Expect(0);
        Assert.Equal("you said: good morning", run.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_callers_key_comes_from_the_variable_and_is_never_printed()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(callerKey: "cfm_right");
        Dictionary<string, string> variables = _world.Variables;
        variables["CFM_API_KEY"] = "cfm_wrong";
        Cfm run = (await Cfm.RunAsync(variables, ["chat", "hello", "--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()])).Expect(10);
        Assert.StartsWith("error: CallerUnknown: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("cfm_wrong", run.Error + run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_guest_gets_no_prompt()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(launch: LaunchInputs.Development with { VirtualCpus = 64 });
        Cfm run = (await _world.RunAsync(guest, "chat", "marzipan")).Expect(10);
        Assert.StartsWith("error: MeasurementNotAccepted: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(guest.Wire);
    }

    [Fact]
    public async Task A_cut_answer_is_an_error_after_what_came()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        guest.Answer = async (exchange, context) =>
        {
            await exchange.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            using SealedResponse response = exchange.Respond(context.Response.Body);
            response.WriteHead(new BinaryHttpResponse(200, [new("content-type", "text/event-stream")]));
            await response.WriteAsync(EchoModel.Event("triage-notes", "half"), context.RequestAborted);
        };
        Cfm run = (await _world.RunAsync(guest, "chat", "hello")).Expect(10);
        Assert.Equal("half", run.Output);
        Assert.StartsWith("error: ResponseTruncated: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_ranks_by_likeness()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await _world.RunAsync(guest, "embed", "abc", "xyz", "cab", "abx", "-o", "json")).Expect(0);
        Assert.Equal(["cab", "abx", "xyz"], run.Json.AsArray().Select(entry => entry!["text"]!.GetValue<string>()));
        Assert.Equal(1, run.Json[0]!["score"]!.GetValue<double>(), 5);
        Cfm text = (await _world.RunAsync(guest, "embed", "abc", "xyz", "cab")).Expect(0);
        Assert.Equal(" 1.000  cab\n 0.000  xyz\n", text.Output);
    }

    [Fact]
    public async Task Infer_sends_tensors_and_prints_the_answer()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        string file = _world.Folder.Write("request.json", """{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1,2]}]}""");
        JsonNode answer = (await _world.RunAsync(guest, "infer", file)).Expect(0).Json;
        Assert.Equal("triage-notes", answer["model_name"]!.GetValue<string>());
        Assert.Equal("x", answer["outputs"]![0]!["name"]!.GetValue<string>());
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
