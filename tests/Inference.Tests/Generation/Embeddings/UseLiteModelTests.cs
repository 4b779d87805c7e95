using System.Numerics.Tensors;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Models.Tests.UseLite;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Embeddings;

public sealed class UseLiteModelTests(UseLiteFolder folder) : IClassFixture<UseLiteFolder>
{
    [Fact]
    public async Task CosinesAreThePublishedOnes()
    {
        using IEmbeddingModel model = Load();
        string[] texts = ["How old are you?", "What is your age?", "The patient has a high fever and a cough.", "Ｗｈａｔ ｉｓ ｙｏｕｒ ａｇｅ？"];
        Outcome<EmbeddingBatch> outcome = await model.EmbedAsync(texts, TestContext.Current.CancellationToken);
        IReadOnlyList<float[]> vectors = outcome.Value!.Vectors;
        Assert.Equal(512, model.Dimensions);
        Assert.Equal(0.846, TensorPrimitives.Dot<float>(vectors[0], vectors[1]), 0.001);
        Assert.Equal(0.071, TensorPrimitives.Dot<float>(vectors[0], vectors[2]), 0.001);
        Assert.Equal(1, TensorPrimitives.Dot<float>(vectors[1], vectors[3]), 0.0001);
    }

    [Fact]
    public async Task ATextThatIsTooLongIsRefusedWithNumbers()
    {
        using IEmbeddingModel model = Load();
        Outcome<EmbeddingBatch> outcome = await model.EmbedAsync(["short", string.Concat(Enumerable.Repeat("word ", 200))], TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.ContextLengthExceeded, outcome.Refusal?.Reason);
        Assert.Contains("input[1] has 200 tokens; the model takes 128", outcome.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATextWithoutTokensIsRefused()
    {
        using IEmbeddingModel model = Load();
        Outcome<EmbeddingBatch> outcome = await model.EmbedAsync([""], TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.RequestInvalid, outcome.Refusal?.Reason);
    }

    private IEmbeddingModel Load()
    {
        if (folder.Missing is { } reason) TestModels.Missing(reason);
        return LoadedModel.Load<IEmbeddingModel>(ModelTask.Embeddings, folder.Folder);
    }
}
