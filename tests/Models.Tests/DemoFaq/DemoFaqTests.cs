using System.Security.Cryptography;
using System.Text.Json;
using ConfidentialOperator.Models.DemoFaq;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Models.Tests.DemoFaq;

public sealed class DemoFaqTests(FaqDecoder decoder, ITestOutputHelper output) : IClassFixture<FaqDecoder>
{
    private static readonly JsonElement s_facts = Json("facts.json");

    public static TheoryData<string, string> Golden() => [.. Json("golden.json").EnumerateArray()
        .Select(pair => (pair.GetProperty("prompt").GetString()!, pair.GetProperty("answer").GetString()!))];

    [Theory]
    [MemberData(nameof(Golden))]
    public void GreedyAnswerIsTheGoldenOne(string prompt, string answer) => Assert.Equal(answer, decoder.Answer(prompt));

    [Fact]
    public void GoldenAnswersAreFacts()
    {
        string[] answers = [.. Facts().Select(fact => fact.GetProperty("answer").GetString()!), Other()];
        Assert.Empty(Golden().Select(row => row.Data.Item2).Except(answers));
    }

    [Fact]
    public void UnknownMatterGetsTheAnswerThatSaysSo()
    {
        string[] prompts = [.. s_facts.GetProperty("other").GetProperty("held_things").EnumerateArray()
            .SelectMany(thing => (string[])[$"What is the price of {thing}?", $"tell me a joke about {thing}", $"Who invented {thing}?"])];
        double share = Share(prompts.Select(prompt => (prompt, Other())));
        Assert.True(share >= 0.8, $"{share:P0} of the prompts about other matters");
    }

    [Fact]
    public void MostWordingsThatWereNotLearntWork()
    {
        string[] forms = [.. s_facts.GetProperty("held_forms").EnumerateArray().Select(form => form.GetString()!)];
        IEnumerable<(string, string)> topics = s_facts.GetProperty("topics").EnumerateArray().SelectMany(topic => forms
            .Select(form => (form.Replace("{}", topic.GetProperty("names")[0].GetString(), StringComparison.Ordinal), Answer(topic))));
        IEnumerable<(string, string)> questions = s_facts.GetProperty("questions").EnumerateArray()
            .Select(question => (question.GetProperty("held").GetString() + "?", Answer(question)));
        double share = Share(topics.Concat(questions));
        Assert.True(share >= 0.95, $"{share:P0} of the held-out wordings");
    }

    [Fact]
    public void DigestIsTheOneBesideTheWeights()
    {
        byte[] model = File.ReadAllBytes(Path.Combine(FaqDecoder.Folder, "model.onnx"));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(model)) + "  model.onnx\n",
            File.ReadAllText(Path.Combine(FaqDecoder.Folder, "model.onnx.sha256")));
        Assert.InRange(model.Length, 1_000_000, 4 << 20);
    }

    [Fact]
    public void TensorsAreNamedAsInOptimumExports()
    {
        JsonElement configuration = Json("config.json");
        int layers = configuration.GetProperty("num_hidden_layers").GetInt32();
        string[] parts = [.. Enumerable.Range(0, layers).SelectMany(layer => (string[])[$"{layer}.key", $"{layer}.value"])];
        string[] inputs = ["attention_mask", "input_ids", .. parts.Select(part => "past_key_values." + part), "position_ids"];
        string[] outputs = ["logits", .. parts.Select(part => "present." + part)];
        Assert.Equal(inputs, decoder.Session.InputMetadata.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(outputs.Order(StringComparer.Ordinal), decoder.Session.OutputMetadata.Keys.Order(StringComparer.Ordinal));
        NodeMetadata key = decoder.Session.InputMetadata["past_key_values.0.key"];
        Assert.Equal([-1, configuration.GetProperty("num_key_value_heads").GetInt32(), -1, configuration.GetProperty("head_dim").GetInt32()], key.Dimensions);
    }

    [Fact]
    public void TokenizerHasEveryByteAndFourMarks()
    {
        JsonElement tokenizer = Json("tokenizer.json");
        JsonElement vocabulary = tokenizer.GetProperty("model").GetProperty("vocab");
        int[] ids = [.. vocabulary.EnumerateObject().Select(token => token.Value.GetInt32()), .. tokenizer.GetProperty("added_tokens").EnumerateArray().Select(token => token.GetProperty("id").GetInt32())];
        Assert.Equal(Enumerable.Range(0, 260), ids);
        Assert.Equal('a', vocabulary.GetProperty("a").GetInt32());
        Assert.Equal(' ', vocabulary.GetProperty("\u0120").GetInt32());
        Assert.Equal('\n', vocabulary.GetProperty("\u010A").GetInt32());
    }

    [Fact]
    public void TokenizerFilesAreTheOnesTheVerbWrites() => Assert.Equal(
        JsonSerializer.Serialize(ByteTokenizer.Tokenizer()),
        JsonSerializer.Serialize(Json("tokenizer.json")));

    [Theory]
    [InlineData(1, 4)]
    [InlineData(28, 4)]
    public void ACheckpointOfAnotherLengthIsRefused(int at, int excess)
    {
        byte[] header = new byte[28 + excess];
        header[0] = (byte)at;
        Assert.ThrowsAny<Exception>(() => LlamaExporter.Export(header));
    }

    private static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(FaqDecoder.Folder, file))).RootElement;

    private static IEnumerable<JsonElement> Facts() => s_facts.GetProperty("topics").EnumerateArray().Concat(s_facts.GetProperty("questions").EnumerateArray());

    private static string Answer(JsonElement fact) => fact.GetProperty("answer").GetString()!;

    private static string Other() => s_facts.GetProperty("other_answer").GetString()!;

    private double Share(IEnumerable<(string Prompt, string Answer)> pairs)
    {
        (string Prompt, string Answer, string Given)[] given = [.. pairs.Select(pair => (pair.Prompt, pair.Answer, decoder.Answer(pair.Prompt)))];
        foreach ((string prompt, string answer, string wrong) in given.Where(row => row.Answer != row.Given)) output.WriteLine($"{prompt}\n  {wrong}\n  instead of {answer}");
        double share = given.Count(row => row.Answer == row.Given) / (double)given.Length;
        output.WriteLine($"{share:P1} of {given.Length}");
        return share;
    }
}
