using System.Numerics.Tensors;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Embeddings;

public sealed class MiniLmTests
{
    [Fact]
    public async Task VectorsAreTheGoldenOnes()
    {
        string folder = TestModels.Shared("all-minilm-l6-v2");
        using IEmbeddingModel model = LoadedModel.Load<IEmbeddingModel>(ModelTask.Embeddings, folder);
        Assert.Equal(384, model.Dimensions);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        JsonElement[] sentences = [.. golden.RootElement.GetProperty("sentences").EnumerateArray()];
        Outcome<EmbeddingBatch> outcome = await model.EmbedAsync([.. sentences.Select(sentence => sentence.GetProperty("text").GetString()!)], TestContext.Current.CancellationToken);
        Assert.Equal(sentences.Sum(sentence => sentence.GetProperty("n_tokens").GetInt32()), outcome.Value!.PromptTokens);
        for (int i = 0; i < sentences.Length; i++)
        {
            float[] vector = outcome.Value.Vectors[i];
            Assert.Equal(1f, TensorPrimitives.Norm<float>(vector), 0.0001f);
            float[] expected = [.. sentences[i].GetProperty("embedding_first8").EnumerateArray().Select(number => number.GetSingle())];
            for (int at = 0; at < expected.Length; at++) Assert.Equal(expected[at], vector[at], 0.001f);
        }
    }

    [Fact]
    public async Task ABatchGivesWhatEachTextGivesAlone()
    {
        using IEmbeddingModel model = LoadedModel.Load<IEmbeddingModel>(ModelTask.Embeddings, TestModels.Shared("all-minilm-l6-v2"));
        string[] texts = ["Short.", "A longer sentence with more words in it than the first one has.", "Łódź, naïve café — 東京 👩‍💻"];
        Outcome<EmbeddingBatch> together = await model.EmbedAsync(texts, TestContext.Current.CancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            Outcome<EmbeddingBatch> alone = await model.EmbedAsync([texts[i]], TestContext.Current.CancellationToken);
            Assert.Equal(1, TensorPrimitives.Dot<float>(alone.Value!.Vectors[0], together.Value!.Vectors[i]), 0.0001);
        }
    }
}
