using System.ClientModel;
using System.Text;
using ConfidentialOperator.Inference.Tests.Running;
using OpenAI;
using OpenAI.Chat;

namespace ConfidentialOperator.Inference.Tests.Peers;

/// <summary>Clients that others wrote get their answers.</summary>
public sealed class PeerTests
{
    private const string Question = "What is attestation?";
    private const string Answer = "Attestation is a signed proof of which code runs in a guest, made by the hardware.";

    [Theory]
    [InlineData("peers", false)]
    [InlineData("peers", true)]
    [InlineData("rust/peers-rs", false)]
    [InlineData("rust/peers-rs", true)]
    public async Task OtherObliviousClientsFindAConfigurationThatTheyKnow(string program, bool chunked)
    {
        string path = PeerProgram.Find(program.Split('/'));
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model);
        TestCaller caller = TestCaller.Create("a");
        await process.Sockets.ServeAsync(model, caller);
        await using PlainDoor door = await PlainDoor.OpenAsync(process.Sockets);
        List<string> arguments = ["ohttp-client", "--keys", door.GatewayAddress, "--gateway", door.GatewayAddress, "--target", "https://guest/v2/models/model",
            "--header", "Date: " + TimeProvider.System.GetUtcNow().ToString("r"), "--header", "Authorization: Bearer " + caller.Key];
        if (chunked)
        {
            arguments.Add("--chunked");
        }

        Assert.Contains("\"features\"", await PeerProgram.RunAsync(path, [.. arguments]));
    }

    [Fact]
    public async Task OpenAisClientForDotnetChatsAndStreams()
    {
        await using Guest guest = await Guest.StartAsync("chat", ModelFolders.CopyChat);
        var client = new ChatClient("model", new ApiKeyCredential(guest.Caller.Key), new OpenAIClientOptions { Endpoint = new Uri(guest.Door.Address + "/v1") });
        var options = new ChatCompletionOptions { Temperature = 0 };
        ChatCompletion whole = await client.CompleteChatAsync([new UserChatMessage(Question)], options, TestContext.Current.CancellationToken);
        Assert.Equal(Answer, whole.Content[0].Text.Trim());
        Assert.Equal(ChatFinishReason.Stop, whole.FinishReason);

        var streamed = new StringBuilder();
        int total = 0;
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync([new UserChatMessage(Question)], options,
            TestContext.Current.CancellationToken))
        {
            streamed.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            total = update.Usage?.TotalTokenCount ?? total;
        }

        Assert.Equal(Answer, streamed.ToString().Trim());
        Assert.Equal(whole.Usage.TotalTokenCount, total);

        var stranger = new ChatClient("model", new ApiKeyCredential("cfm_wrong"), new OpenAIClientOptions { Endpoint = new Uri(guest.Door.Address + "/v1") });
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(() =>
            stranger.CompleteChatAsync([new UserChatMessage(Question)], options, TestContext.Current.CancellationToken));
        Assert.Equal(401, refused.Status);
        Assert.Contains("CallerUnknown", refused.Message);
    }

    [Fact]
    public async Task OpenAisClientForPythonListsChatsAndStreams()
    {
        string python = PeerProgram.Find("python", "run");
        await using Guest guest = await Guest.StartAsync("chat", ModelFolders.CopyChat);
        string output = await PeerProgram.RunAsync(python, "-c", """
            import sys, openai
            client = openai.OpenAI(base_url=sys.argv[1] + "/v1", api_key=sys.argv[2])
            ask = dict(model="model", temperature=0, messages=[{"role": "user", "content": "What is attestation?"}])
            print([model.id for model in client.models.list()])
            print(client.chat.completions.create(**ask).choices[0].message.content.strip())
            print("".join(chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(stream=True, **ask)).strip())
            print(client.completions.create(model="model", prompt="x", max_tokens=2).usage.completion_tokens)
            try:
                client.chat.completions.create(**dict(ask, n=2))
            except openai.BadRequestError as error:
                print(error.code, error.param)
            """, guest.Door.Address, guest.Caller.Key);
        string[] lines = output.Split('\n');
        Assert.Equal("['model']", lines[0]);
        Assert.Equal(Answer, lines[1]);
        Assert.Equal(Answer, lines[2]);
        Assert.InRange(int.Parse(lines[3]), 1, 2);
        Assert.Equal("RequestInvalid n", lines[4]);
    }

    [Theory]
    [InlineData("True")]
    [InlineData("False")]
    public async Task TheOpenInferenceClientInfersInBothForms(string binary)
    {
        string python = PeerProgram.Find("python", "run");
        await using Guest guest = await Guest.StartAsync("tensor", ModelFolders.CopyTensor);
        (double[] features, int expected) = ModelFolders.HeldOut(0);
        string output = await PeerProgram.RunAsync(python, "-c", """
            import sys, numpy, tritonclient.http as triton
            address, key, binary = sys.argv[1].removeprefix("http://"), {"Authorization": "Bearer " + sys.argv[2]}, sys.argv[3] == "True"
            client = triton.InferenceServerClient(address)
            print(client.is_server_live(), client.is_server_ready(), client.is_model_ready("model", headers=key))
            print(client.get_model_metadata("model", headers=key)["inputs"][0]["datatype"])
            tensor = triton.InferInput("features", [1, 30], "FP32")
            tensor.set_data_from_numpy(numpy.array([sys.argv[4].split(",")], dtype=numpy.float32), binary_data=binary)
            outputs = None if binary else [triton.InferRequestedOutput("probabilities", binary_data=False)]
            print(int(client.infer("model", [tensor], outputs=outputs, headers=key).as_numpy("probabilities")[0].argmax()))
            """, guest.Door.Address, guest.Caller.Key, binary, string.Join(',', features.Select(feature => feature.ToString("R"))));
        Assert.Equal(["True True True", "FP32", expected.ToString()], output.Trim().Split('\n'));
    }

    private sealed class Guest(SealedModel model, InferenceProcess process, PlainDoor door, TestCaller caller) : IAsyncDisposable
    {
        public PlainDoor Door => door;

        public TestCaller Caller => caller;

        public static async Task<Guest> StartAsync(string task, Action<string> fill)
        {
            SealedModel model = await SealedModel.CreateAsync(fill);
            InferenceProcess process = await InferenceProcess.StartAsync(model, ("Inference__Model__Task", task));
            TestCaller caller = TestCaller.Create("a");
            await process.Sockets.ServeAsync(model, caller);
            return new Guest(model, process, await PlainDoor.OpenAsync(process.Sockets), caller);
        }

        public async ValueTask DisposeAsync()
        {
            await door.DisposeAsync();
            await process.DisposeAsync();
            model.Dispose();
        }
    }
}
