using System.Text;
using ConfidentialOperator.Models.DemoFaq;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Models.Tests.DemoFaq;

/// <summary>Greedy decoding with the cache, through the tensor names that a runtime sees.</summary>
public sealed class FaqDecoder : IDisposable
{
    private const int Longest = 120;
    private const int Vocabulary = 260;

    private readonly SessionOptions _options = new() { IntraOpNumThreads = 1 };
    private readonly RunOptions _run = new();

    public FaqDecoder() => Session = new InferenceSession(Path.Combine(Folder, "model.onnx"), _options);

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "DemoFaq");

    public InferenceSession Session { get; }

    public string Answer(string question)
    {
        List<long> tokens = [.. ByteTokenizer.Prompt(question)];
        int start = tokens.Count;
        Dictionary<string, OrtValue> cache = Session.InputMetadata.Where(input => input.Key.StartsWith("past", StringComparison.Ordinal))
            .ToDictionary(input => input.Key, input => Empty(input.Value.Dimensions));
        int fed = 0;
        try
        {
            while (tokens.Count - start < Longest)
            {
                int next = Step(tokens, fed, cache);
                fed = tokens.Count;
                if (next == ByteTokenizer.End) break;
                tokens.Add(next);
            }
        }
        finally
        {
            foreach (OrtValue value in cache.Values) value.Dispose();
        }

        return Encoding.UTF8.GetString([.. tokens[start..].Select(token => (byte)Math.Min(token, '~'))]);
    }

    public void Dispose()
    {
        Session.Dispose();
        _options.Dispose();
        _run.Dispose();
    }

    private static OrtValue Empty(int[] shape) => OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [1, shape[1], 0, shape[3]]);

    private int Step(List<long> tokens, int fed, Dictionary<string, OrtValue> cache)
    {
        long[] ids = [.. tokens[fed..]];
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length]);
        using OrtValue mask = OrtValue.CreateTensorValueFromMemory([.. tokens.Select(_ => 1L)], [1L, tokens.Count]);
        using OrtValue positions = OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(fed, ids.Length).Select(i => (long)i)], [1L, ids.Length]);
        Dictionary<string, OrtValue> inputs = new(cache) { ["input_ids"] = input, ["attention_mask"] = mask, ["position_ids"] = positions };
        string[] outputs = ["logits", .. cache.Keys.Select(name => name.Replace("past_key_values", "present", StringComparison.Ordinal))];
        IReadOnlyList<OrtValue> results = [.. Session.Run(_run, inputs, outputs)];
        int index = 1;
        foreach (string name in cache.Keys.ToArray())
        {
            cache[name].Dispose();
            cache[name] = results[index++];
        }

        using OrtValue logits = results[0];
        ReadOnlySpan<float> last = logits.GetTensorDataAsSpan<float>()[^Vocabulary..];
        return last.IndexOf(System.Numerics.Tensors.TensorPrimitives.Max(last));
    }
}
