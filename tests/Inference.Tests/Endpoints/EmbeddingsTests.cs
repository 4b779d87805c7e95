using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Endpoints;

/// <summary>OpenAI's embeddings with a sentence encoder, in a process of its own.</summary>
public sealed class EmbeddingsTests
{
    private const string Embeddings = "/v1/embeddings";

    [Fact]
    public async Task SentencesBecomeVectorsInBothEncodings()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyEncoder);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model, ("Inference__Model__Task", "embeddings"));
        TestCaller caller = TestCaller.Create("a");
        await process.Sockets.ServeAsync(model, caller);
        var client = new SealedClient(process.Sockets, caller.Key);

        JsonObject answer = (await client.PostAsync(Embeddings,
            """{"model":"model","input":["The patient has a fever.","A sick person is hot.","Stocks fell on Monday."]}""")).AssertOk().Json;
        Assert.Equal("list", (string?)answer["object"]);
        Assert.Equal([0, 1, 2], answer["data"]!.AsArray().Select(entry => (int)entry!["index"]!));
        float[][] vectors = [.. answer["data"]!.AsArray().Select(entry => entry!["embedding"]!.AsArray().Select(value => (float)value!).ToArray())];
        Assert.All(vectors, vector => Assert.Equal(384, vector.Length));
        Assert.True(Dot(vectors[0], vectors[1]) > Dot(vectors[0], vectors[2]), "alike sentences are nearer");
        Assert.True((int)answer["usage"]!["prompt_tokens"]! > 12);
        Assert.Equal((int)answer["usage"]!["prompt_tokens"]!, (int)answer["usage"]!["total_tokens"]!);

        answer = (await client.PostAsync(Embeddings,
            """{"model":"model","input":"The patient has a fever.","encoding_format":"base64","dimensions":384}""")).AssertOk().Json;
        float[] decoded = [.. MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)answer["data"]![0]!["embedding"]!))];
        Assert.True(Dot(vectors[0], decoded) > 0.999, "both encodings give the same vector");

        foreach ((string body, string field) in new[]
        {
            ("""{"model":"model"}""", "input"),
            ("""{"model":"model","input":[]}""", "input"),
            ("""{"model":"model","input":[1,2]}""", "input"),
            ("""{"model":"model","input":"x","encoding_format":"hex"}""", "encoding_format"),
            ("""{"model":"model","input":"x","dimensions":7}""", "dimensions"),
            ("""{"model":"model","input":"x","extra":7}""", "extra"),
        })
        {
            Assert.Equal(field, (string?)(await client.PostAsync(Embeddings, body)).AssertError(400, RefusalReason.RequestInvalid)["param"]);
        }
    }

    private static float Dot(float[] left, float[] right) => left.Zip(right, (a, b) => a * b).Sum();
}
