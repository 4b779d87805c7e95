using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

/// <summary>A real language model in the layout of onnxruntime-genai.</summary>
public sealed class SmolLmTests
{
    [Fact]
    public async Task TheCapitalOfFranceIsParis()
    {
        using IChatModel model = LoadedModel.Load<IChatModel>(ModelTask.Chat, TestModels.Shared("smollm2-135m-instruct"));
        Assert.Equal(8192, model.ContextLength);
        var greedy = new GenerationOptions { Temperature = 0, MaxTokens = 16 };
        ChatMessage[] messages = [new("system", "You are a helpful assistant."), new("user", "Complete this sentence: The capital of France is")];
        Assert.True(model.TryChat(messages, greedy, out IGeneration? chat, out Refusal? refusal), refusal?.ToString());
        (string answer, FinishReason reason, _) = await chat.ReadAsync();
        Assert.Equal(("The capital of France is Paris.", FinishReason.Stop), (answer, reason));

        Assert.True(model.TryComplete("The capital of France is", greedy with { MaxTokens = 1 }, out IGeneration? plain, out refusal), refusal?.ToString());
        Assert.Equal(5, plain.PromptTokens);
        Assert.Equal(" Paris", (await plain.ReadAsync()).Text);
    }
}
