using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Inference.Tests.Endpoints;

/// <summary>The Open Inference Protocol with the Wisconsin classifier, in a process of its own.</summary>
public sealed class TensorTests(TensorTests.Guest guest) : IClassFixture<TensorTests.Guest>
{
    private const string Infer = "/v2/models/model/infer";

    private SealedClient Client => new(guest.Process.Sockets, guest.Caller.Key);

    [Fact]
    public async Task MetadataDescribesTheModel()
    {
        Assert.Equal("confidential-operator", (string?)(await Client.GetAsync("/v2")).AssertOk().Json["name"]);
        Assert.True((bool)(await Client.GetAsync("/v2/models/model/ready")).AssertOk().Json["ready"]!);
        JsonObject described = (await Client.GetAsync("/v2/models/model")).AssertOk().Json;
        Assert.Equal("""[{"name":"features","datatype":"FP32","shape":[-1,30]}]""", described["inputs"]!.ToJsonString());
        Assert.Equal(["probabilities", "label"], described["outputs"]!.AsArray().Select(output => (string)output!["name"]!));
        Assert.Equal(404, (await Client.GetAsync("/v2/models/other")).Status);
        Assert.Equal(404, (await Client.GetAsync("/v2/nothing")).Status);
        Assert.Equal(400, (await Client.GetAsync(Infer)).Status);
    }

    [Fact]
    public async Task TensorsInJsonAreClassified()
    {
        for (int row = 0; row < 6; row++)
        {
            (double[] features, int expected) = ModelFolders.HeldOut(row);
            JsonObject answer = (await Client.PostAsync(Infer, Request(features))).AssertOk().Json;
            Assert.Equal("model", (string?)answer["model_name"]);
            Assert.Equal("3", (string?)answer["model_version"]);
            Assert.Equal("row", (string?)answer["id"]);
            JsonObject probabilities = answer["outputs"]!.AsArray().First(output => (string?)output!["name"] == "probabilities")!.AsObject();
            Assert.Equal("[1,2]", probabilities["shape"]!.ToJsonString());
            double[] data = [.. probabilities["data"]!.AsArray().Select(value => (double)value!)];
            Assert.Equal(1, data.Sum(), 3);
            Assert.Equal(expected, data[0] > data[1] ? 0 : 1);
        }
    }

    [Fact]
    public async Task TensorsInBytesGiveTheSameAnswer()
    {
        (double[] features, _) = ModelFolders.HeldOut(0);
        float[] expected = [.. (await Client.PostAsync(Infer, Request(features))).AssertOk().Json["outputs"]!.AsArray()
            .First(output => (string?)output!["name"] == "probabilities")!["data"]!.AsArray().Select(value => (float)value!)];
        byte[] header = Encoding.UTF8.GetBytes("""
            {"inputs":[{"name":"features","shape":[1,30],"datatype":"FP32","parameters":{"binary_data_size":120}}],
             "outputs":[{"name":"probabilities","parameters":{"binary_data":true}}]}
            """);
        byte[] content = [.. header, .. MemoryMarshal.AsBytes<float>(features.Select(feature => (float)feature).ToArray())];
        BinaryHttpRequest request = Client.Request("POST", Infer, null, new HeaderField("inference-header-content-length", header.Length.ToString()));
        SealedAnswer answer = (await Client.AskAsync(request, content)).AssertOk();
        int length = int.Parse(answer.Head.Header("inference-header-content-length")!);
        JsonNode json = JsonNode.Parse(answer.Content.AsSpan(0, length))!;
        Assert.Equal(8, (int)json["outputs"]![0]!["parameters"]!["binary_data_size"]!);
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(answer.Content.AsSpan(length)).ToArray());
    }

    [Theory]
    [InlineData("not JSON", "not JSON")]
    [InlineData("[]", "object")]
    [InlineData("""{"inputs":[]}""", "inputs")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,30],"datatype":"FP32","data":[1,2]}]}""", "inputs[0].data")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,1],"datatype":"FP32","data":["x"]}]}""", "inputs[0].data")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,1],"datatype":"FP99","data":[1]}]}""", "inputs[0].datatype")]
    [InlineData("""{"inputs":[{"name":"features","shape":[-1],"datatype":"FP32","data":[1]}]}""", "inputs[0].shape")]
    [InlineData("""{"inputs":[{"name":"features","shape":[2000000000,2000000000],"datatype":"FP32","data":[1]}]}""", "inputs[0].shape")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1],"datatype":"FP32"}]}""", "inputs[0].data")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}""", "binary_data_size")]
    [InlineData("""{"inputs":[{"name":"nonsense","shape":[1,30],"datatype":"FP32","data":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}]}""", "no input of that name")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,1],"datatype":"FP32","data":[1]}]}""", "features")]
    [InlineData("""{"inputs":[],"secret":1}""", "inputs")]
    public async Task AWrongRequestNamesItsField(string body, string named)
    {
        SealedAnswer answer = await Client.PostAsync(Infer, body);
        Assert.Equal(400, answer.Status);
        string error = (string)answer.Json["error"]!;
        Assert.StartsWith(nameof(RefusalReason.RequestInvalid), error);
        Assert.Contains(named, error);
    }

    [Fact]
    public async Task OpenAisTextEndpointsAreRefusedForATensorModel()
    {
        (await Client.PostAsync("/v1/chat/completions", """{"model":"model","messages":[{"role":"user","content":"hi"}]}"""))
            .AssertError(400, RefusalReason.Unsupported);
        (await Client.PostAsync("/v1/completions", """{"model":"model","prompt":"hi"}""")).AssertError(400, RefusalReason.Unsupported);
        (await Client.PostAsync("/v1/embeddings", """{"model":"model","input":"hi"}""")).AssertError(400, RefusalReason.Unsupported);
    }

    private static JsonObject Request(double[] features) => new()
    {
        ["id"] = "row",
        ["inputs"] = new JsonArray(new JsonObject
        {
            ["name"] = "features",
            ["shape"] = new JsonArray(1, 30),
            ["datatype"] = "FP32",
            ["data"] = new JsonArray([.. features.Select(feature => (JsonNode)feature)]),
        }),
    };

    public sealed class Guest : IAsyncLifetime
    {
        private SealedModel _model = null!;

        internal TestCaller Caller { get; } = TestCaller.Create("a");

        internal InferenceProcess Process { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            _model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
            Process = await InferenceProcess.StartAsync(_model);
            await Process.Sockets.ServeAsync(_model, Caller);
        }

        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            _model.Dispose();
        }
    }
}
