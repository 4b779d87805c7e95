using System.Text;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Inference.Generation.Decoding;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

/// <summary>Inputs, names and shapes are found in the model.</summary>
public sealed class DecoderLayoutTests
{
    public static TheoryData<string> Layouts() => ["plain", "int32", "bare", "merged", "keep", "combined", "prefixless", "half"];

    [Theory]
    [MemberData(nameof(Layouts))]
    public async Task EveryLayoutIsFedRight(string layout)
    {
        ToyDecoder toy = Toy(layout);
        using ModelFiles files = toy.Files();
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, files);
        await AgreesAsync(model, toy, "a", 12);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    public async Task ALongPromptIsFedInParts(int length)
    {
        var toy = new ToyDecoder { UseCacheBranch = false };
        using ModelFiles files = toy.Files();
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, files);
        await AgreesAsync(model, toy, new string('b', length), 8);
    }

    [Fact]
    public async Task NamesComeFromGenAiConfig()
    {
        var toy = new ToyDecoder { IdsName = "tokens", PastName = "cache_k_2_in", PresentName = "cache_k_2_out" };
        using ModelFiles files = toy.Files();
        Assert.Equal(RefusalReason.ModelInputsUnknown, LoadedModel.Refused(ModelTask.Completions, files).Reason);
        using ModelFiles described = toy.Files();
        TestModels.Add(described, "genai_config.json", Encoding.UTF8.GetBytes("""
            {"model":{"context_length":64,"decoder":{"filename":"model.onnx","inputs":{"input_ids":"tokens","past_key_names":"cache_k_%d_in"},"outputs":{"logits":"logits","present_key_names":"cache_k_%d_out"}}}}
            """));
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, described);
        Assert.Equal(64, model.ContextLength);
        await AgreesAsync(model, toy, "a", 12);
    }

    [Fact]
    public async Task AStepAllocatesNothingThatGrows()
    {
        using ModelFiles files = new ToyDecoder().Files();
        InferenceSession session = OnnxSession.Open(files, "model.onnx", new ModelLoadOptions { Threads = 1 });
        using var runner = new DecoderRunner(session, DecoderContract.Read(session, new DecoderNames(null), null));
        using var cache = new KeyValueCache(runner.Contract.Cache, 2000);
        using RunOptions run = OnnxSession.NewRun();
        var sampler = new Sampler(new GenerationOptions { Temperature = 0 });
        await runner.NextAsync(cache, new[] { 1 }, sampler, run, CancellationToken.None);
        var measured = new List<long>();
        for (int step = 0; step < 1900; step++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ValueTask<int> next = runner.NextAsync(cache, new[] { 1 }, sampler, run, CancellationToken.None);
            if (next.IsCompletedSuccessfully) measured.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            await next;
        }

        Assert.Equal(1901, cache.Length);
        Assert.Equal(1900, measured.Count);
        long early = measured.Skip(100).Take(100).Order().ElementAt(50);
        long late = measured.TakeLast(100).Order().ElementAt(50);
        Assert.True(late <= early + 64, $"A step allocates {early} bytes at first and {late} bytes later.");
    }

    [Fact]
    public async Task ALongAnswerLetsAShortOneThrough()
    {
        var toy = new ToyDecoder();
        char begin = Enumerable.Range('a', 26).Select(code => (char)code).First(start => toy.Expected([start]).Take(1900).All(id => id != 259));
        using ModelFiles files = toy.Files();
        using ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, files);
        var greedy = new GenerationOptions { Temperature = 0, MaxTokens = 1900 };
        await using IGeneration longer = Complete(model, begin.ToString(), greedy);
        var begun = new TaskCompletionSource();
        async Task ReadAsync()
        {
            await foreach (string _ in longer.PiecesAsync(TestContext.Current.CancellationToken)) begun.TrySetResult();
        }

        Task reading = Task.Run(ReadAsync, TestContext.Current.CancellationToken);
        await begun.Task;
        await Complete(model, begin.ToString(), greedy with { MaxTokens = 5 }).ReadAsync();
        Assert.InRange(longer.CompletionTokens, 1, 1899);
        await reading;
        Assert.Equal((1900, FinishReason.Length), (longer.CompletionTokens, longer.FinishReason));
    }

    [Fact]
    public async Task AModelCanBeDisposedOfWhileItAnswers()
    {
        using ModelFiles files = new ToyDecoder().Files();
        ICompletionModel model = LoadedModel.Load<ICompletionModel>(ModelTask.Completions, files);
        await using IGeneration generation = Complete(model, "a", new GenerationOptions { Temperature = 0 });
        await using IAsyncEnumerator<string> pieces = generation.PiecesAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await pieces.MoveNextAsync());
        model.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await pieces.MoveNextAsync());
        model.Dispose();
    }

    private static ToyDecoder Toy(string layout) => layout switch
    {
        "int32" => ToyDecoder.WithInt32(),
        "bare" => new ToyDecoder { Mask = false, Positions = false },
        "merged" => new ToyDecoder { UseCacheBranch = true },
        "keep" => new ToyDecoder { LogitsToKeep = true },
        "combined" => new ToyDecoder { PastName = "past_0", PresentName = "present_0", CacheShape = [1, "batch", 1, "past", 1] },
        "prefixless" => new ToyDecoder { CacheShape = [1, 1, "past", 1] },
        "half" => new ToyDecoder { HalfPrecision = true },
        _ => new ToyDecoder(),
    };

    private static IGeneration Complete(ICompletionModel model, string prompt, GenerationOptions options)
    {
        Assert.True(model.TryComplete(prompt, options, out IGeneration? generation, out Refusal? refusal), refusal?.ToString());
        return generation;
    }

    private static async Task AgreesAsync(ICompletionModel model, ToyDecoder toy, string prompt, int tokens)
    {
        int[] ids = [.. Encoding.UTF8.GetBytes(prompt).Select(value => (int)value)];
        int[] expected = [.. toy.Expected(ids).TakeWhile(id => id != 259).Take(tokens)];
        (string text, FinishReason reason, int made) = await Complete(model, prompt, new GenerationOptions { Temperature = 0, MaxTokens = tokens }).ReadAsync();
        Decoder decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[64];
        byte[] bytes = [.. expected.Where(id => id < 256).Select(id => (byte)id)];
        Assert.Equal(new string(characters, 0, decoder.GetChars(bytes, characters, flush: false)), text);
        Assert.Equal(expected.Length + (reason == FinishReason.Stop ? 1 : 0), made);
    }
}
