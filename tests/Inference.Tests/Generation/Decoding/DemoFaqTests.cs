using System.Text.Json;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

public sealed class DemoFaqTests(DemoFaqFixture fixture) : IClassFixture<DemoFaqFixture>
{
    private const string Question = "What is attestation?";
    private const string Answer = "Attestation is a signed proof of which code runs in a guest, made by the hardware.";

    private static readonly GenerationOptions s_greedy = new() { Temperature = 0 };

    [Fact]
    public async Task GreedyAnswersAreTheGoldenOnes()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TestModels.DemoFaq, "golden.json")));
        Assert.NotEmpty(golden.RootElement.EnumerateArray());
        foreach (JsonElement entry in golden.RootElement.EnumerateArray())
        {
            (string text, FinishReason reason, int tokens) = await fixture.Model.ChatAsync(entry.GetProperty("prompt").GetString()!, s_greedy);
            Assert.Equal(entry.GetProperty("answer").GetString(), text);
            Assert.Equal(FinishReason.Stop, reason);
            Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(text) + 1, tokens);
        }
    }

    [Fact]
    public async Task MaxTokensEndsTheAnswer()
    {
        (string text, FinishReason reason, int tokens) = await fixture.Model.ChatAsync(Question, s_greedy with { MaxTokens = 11 });
        Assert.Equal(("Attestation", FinishReason.Length, 11), (text, reason, tokens));
    }

    [Theory]
    [InlineData(" signed", "Attestation is a")]
    [InlineData("Att", "")]
    [InlineData("hardware.", "Attestation is a signed proof of which code runs in a guest, made by the ")]
    [InlineData("never said", Answer)]
    public async Task AStopTextEndsTheAnswerThoughItSpansPieces(string stop, string expected)
    {
        (string text, FinishReason reason, _) = await fixture.Model.ChatAsync(Question, s_greedy with { Stop = ["never said either", stop] });
        Assert.Equal((expected, FinishReason.Stop), (text, reason));
    }

    [Fact]
    public async Task WhatWaitedForAStopTextIsGivenWhenTheTokensEnd()
    {
        (string text, FinishReason reason, _) = await fixture.Model.ChatAsync(Question, s_greedy with { MaxTokens = 5, Stop = ["station"] });
        Assert.Equal(("Attes", FinishReason.Length), (text, reason));
    }

    [Fact]
    public async Task SequencesAtTheSameTimeDoNotDisturbEachOther()
    {
        string[] questions = [Question, "What is the sidecar?", "explain tdx", "what is a sealed model"];
        var alone = new List<string>();
        foreach (string question in questions) alone.Add((await fixture.Model.ChatAsync(question, s_greedy)).Text);
        (string Text, FinishReason Reason, int Tokens)[] together = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(index => Task.Run(() => fixture.Model.ChatAsync(questions[index % questions.Length], s_greedy))));
        Assert.Equal(Enumerable.Range(0, 12).Select(index => alone[index % questions.Length]), together.Select(answer => answer.Text));
    }

    [Fact]
    public async Task TheSameSeedGivesTheSameAnswer()
    {
        var options = new GenerationOptions { Temperature = 2, TopP = 0.999, Seed = 7, MaxTokens = 60 };
        (string first, _, _) = await fixture.Model.ChatAsync("qwx", options);
        (string second, _, _) = await fixture.Model.ChatAsync("qwx", options);
        Assert.Equal(first, second);
        var others = new HashSet<string>();
        for (int seed = 0; seed < 8; seed++) others.Add((await fixture.Model.ChatAsync("qwx", options with { Seed = seed })).Text);
        Assert.True(others.Count > 1, "Eight seeds gave one answer.");
    }

    [Fact]
    public async Task AVerySmallTopPIsGreedy() =>
        Assert.Equal(Answer, (await fixture.Model.ChatAsync(Question, new GenerationOptions { Temperature = 2, TopP = 1e-9 })).Text);

    [Fact]
    public void AMarkInAMessageIsText()
    {
        Assert.True(fixture.Model.TryChat([new ChatMessage("user", "<|end|>")], s_greedy, out IGeneration? generation, out _));
        Assert.Equal(3 + "<|end|>".Length, generation.PromptTokens);
    }

    [Theory]
    [InlineData(600, null, "512")]
    [InlineData(100, 500, "500 more")]
    public void WhatIsLongerThanTheContextIsRefusedWithNumbers(int length, int? maxTokens, string expected)
    {
        Assert.False(fixture.Model.TryChat([new ChatMessage("user", new string('a', length))], s_greedy with { MaxTokens = maxTokens }, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ContextLengthExceeded, refusal.Reason);
        Assert.Contains($"{length + 3}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APromptThatFillsTheContextButForOneTokenGetsOneToken()
    {
        (_, FinishReason reason, int tokens) = await fixture.Model.ChatAsync(new string('a', fixture.Model.ContextLength - 4), s_greedy);
        Assert.Equal((1, FinishReason.Length), (tokens, reason));
    }

    [Fact]
    public async Task ALongPromptInPartsIsThePromptAsAWhole()
    {
        string prompt = "What is attestation? " + string.Concat(Enumerable.Repeat("Please tell me what attestation is. ", 9));
        (string text, _, _) = await fixture.Model.ChatAsync(prompt, s_greedy with { MaxTokens = 20 });
        (string again, _, _) = await fixture.Model.ChatAsync(prompt, s_greedy with { MaxTokens = 20 });
        Assert.Equal(text, again);
        Assert.True(prompt.Length > 256);
    }

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void AnOptionOutOfItsRangeIsRefusedByName(string name, object options)
    {
        Assert.False(fixture.Model.TryChat([new ChatMessage("user", "a")], (GenerationOptions)options, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.RequestInvalid, refusal.Reason);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, object> WrongOptions() => new()
    {
        { "max_tokens", new GenerationOptions { MaxTokens = 0 } },
        { "temperature", new GenerationOptions { Temperature = 2.1 } },
        { "temperature", new GenerationOptions { Temperature = double.NaN } },
        { "top_p", new GenerationOptions { TopP = 0 } },
        { "top_p", new GenerationOptions { TopP = 1.1 } },
        { "stop", new GenerationOptions { Stop = ["a", "b", "c", "d", "e"] } },
        { "stop", new GenerationOptions { Stop = [""] } },
    };

    [Fact]
    public async Task ACancelledAnswerEndsAndItsPlaceIsFree()
    {
        using var cancel = new CancellationTokenSource();
        Assert.True(fixture.Model.TryChat([new ChatMessage("user", Question)], s_greedy, out IGeneration? generation, out _));
        await using (generation)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (string _ in generation.PiecesAsync(cancel.Token)) await cancel.CancelAsync();
            });
        }

        Assert.Equal(Answer, (await fixture.Model.ChatAsync(Question, s_greedy)).Text);
    }

    [Fact]
    public async Task AnAnswerThatIsLeftEarlyFreesItsPlace()
    {
        using IChatModel model = LoadedModel.Load<IChatModel>(ModelTask.Chat, TestModels.DemoFaq, new ModelLoadOptions { MaxSequences = 1, MaxWaiting = 1 });
        for (int i = 0; i < 4; i++)
        {
            Assert.True(model.TryChat([new ChatMessage("user", Question)], s_greedy, out IGeneration? generation, out _));
            await using (generation)
            {
                await foreach (string _ in generation.PiecesAsync(TestContext.Current.CancellationToken)) break;
            }
        }
    }

    [Fact]
    public async Task OneRequestTooManyIsRefused()
    {
        using IChatModel model = LoadedModel.Load<IChatModel>(ModelTask.Chat, TestModels.DemoFaq, new ModelLoadOptions { MaxSequences = 1, MaxWaiting = 1 });
        Assert.True(model.TryChat([new ChatMessage("user", "a")], s_greedy, out IGeneration? first, out _));
        Assert.True(model.TryChat([new ChatMessage("user", "a")], s_greedy, out IGeneration? second, out _));
        Assert.False(model.TryChat([new ChatMessage("user", "a")], s_greedy, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Overloaded, refusal.Reason);
        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.True(model.TryChat([new ChatMessage("user", "a")], s_greedy, out IGeneration? third, out _));
        await second.DisposeAsync();
        await third.DisposeAsync();
    }
}
