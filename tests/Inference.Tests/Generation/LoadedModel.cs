using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation;

/// <summary>Loads a model as the product does.</summary>
internal static class LoadedModel
{
    public static T Load<T>(string task, string folder, ModelLoadOptions? options = null)
        where T : class, ILoadedModel
    {
        using ModelFiles files = TestModels.Read(folder);
        return Load<T>(task, files, options);
    }

    public static T Load<T>(string task, ModelFiles files, ModelLoadOptions? options = null)
        where T : class, ILoadedModel
    {
        bool loaded = ModelLoader.TryLoad(task, "model", files, options ?? new ModelLoadOptions(), out ILoadedModel? model, out Refusal? refusal);
        Assert.True(loaded, refusal?.ToString());
        return Assert.IsAssignableFrom<T>(model);
    }

    public static Refusal Refused(string task, ModelFiles files)
    {
        bool loaded = ModelLoader.TryLoad(task, "model", files, new ModelLoadOptions(), out ILoadedModel? model, out Refusal? refusal);
        model?.Dispose();
        Assert.False(loaded);
        Assert.NotNull(refusal);
        return refusal;
    }

    public static async Task<(string Text, FinishReason Reason, int Tokens)> ChatAsync(this IChatModel model, string prompt, GenerationOptions options)
    {
        Assert.True(model.TryChat([new ChatMessage("user", prompt)], options, out IGeneration? generation, out Refusal? refusal), refusal?.ToString());
        return await generation.ReadAsync();
    }

    public static async Task<(string Text, FinishReason Reason, int Tokens)> ReadAsync(this IGeneration generation)
    {
        await using (generation)
        {
            var text = new System.Text.StringBuilder();
            await foreach (string piece in generation.PiecesAsync(TestContext.Current.CancellationToken))
            {
                Assert.NotEqual("", piece);
                Assert.False(char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1]), "A piece ends inside a character.");
                text.Append(piece);
            }

            return (text.ToString(), generation.FinishReason, generation.CompletionTokens);
        }
    }
}
