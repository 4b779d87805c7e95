using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tensors;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Embeddings;

/// <summary>A sentence encoder.</summary>
internal sealed class EmbeddingModel : IEmbeddingModel
{
    /// <summary>The padded tokens of one run: enough to use the processor well, little enough to let others in between.</summary>
    private const int RunTokens = 4096;

    private readonly SharedSession _session;
    private readonly EncoderContract _contract;
    private readonly ITokenizer _tokenizer;
    private readonly PoolingMode _pooling;
    private readonly EncoderLimits _limits;

    private EmbeddingModel(string name, InferenceSession session, ITokenizer tokenizer, PoolingMode pooling, EncoderLimits limits)
    {
        Name = name;
        _session = new SharedSession(session);
        _contract = EncoderContract.Read(session);
        _tokenizer = tokenizer;
        _pooling = pooling;
        _limits = limits;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Task => ModelTask.Embeddings;

    /// <inheritdoc/>
    public int Dimensions => _contract.Dimensions;

    /// <summary>Loads the model; throws <see cref="ModelFormatException"/>.</summary>
    public static EmbeddingModel Load(string name, ModelFiles files, ModelLoadOptions options)
    {
        ITokenizer tokenizer = TokenizerFiles.Read(files);
        PoolingMode pooling = Pooling.Read(files);
        EncoderLimits limits = EncoderLimits.Read(files, tokenizer);
        InferenceSession session = OnnxSession.Open(files, OnnxSession.FindFile(files), options);
        try
        {
            return new EmbeddingModel(name, session, tokenizer, pooling, limits);
        }
        catch (ModelFormatException)
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Outcome<EmbeddingBatch>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        var tokens = new int[texts.Count][];
        for (int i = 0; i < tokens.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Tokenize(texts[i], i, out tokens[i]) is { } refusal) return refusal;
        }

        var vectors = new float[texts.Count][];
        foreach (int[] run in Runs(tokens))
        {
            float[][] made = await _session.RunAsync(session => Run(session, [.. run.Select(index => tokens[index])], cancellationToken), cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < run.Length; i++) vectors[run[i]] = made[i];
        }

        return new EmbeddingBatch(vectors, tokens.Sum(ids => ids.Length));
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    /// <summary>Puts texts of like length together, so that little is padded.</summary>
    private static IEnumerable<int[]> Runs(int[][] tokens)
    {
        var run = new List<int>();
        foreach (int text in Enumerable.Range(0, tokens.Length).OrderBy(index => tokens[index].Length))
        {
            if (run.Count > 0 && (run.Count + 1) * tokens[text].Length > RunTokens)
            {
                yield return [.. run];
                run.Clear();
            }

            run.Add(text);
        }

        if (run.Count > 0) yield return [.. run];
    }

    private Refusal? Tokenize(string text, int index, out int[] ids)
    {
        ids = [];
        var body = new List<int>();
        _tokenizer.Encode(MarkedText.OfContent(text), body);
        int room = _limits.Tokens - _tokenizer.Prefix.Count - _tokenizer.Suffix.Count;
        if (body.Count > room && !_limits.Cuts) return new Refusal(
            RefusalReason.ContextLengthExceeded, $"input[{index}] has {body.Count} tokens; the model takes {room}. Send shorter texts.");
        ids = [.. _tokenizer.Prefix, .. body.Take(room), .. _tokenizer.Suffix];
        return ids.Length > 0 ? null : new Refusal(RefusalReason.RequestInvalid, $"input[{index}] has no text; send at least one character.");
    }

    private float[][] Run(InferenceSession session, int[][] texts, CancellationToken cancellationToken)
    {
        using RunOptions options = OnnxSession.NewRun();
        using CancellationTokenRegistration stop = cancellationToken.Register(() => options.Terminate = true);
        using var batch = new EncoderBatch(_contract, texts, _limits.Padding);
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [.. _contract.Inputs.Select(input => input.Name)], batch.Values, [_contract.Output]);
        int perText = Dimensions * (_contract.IsPooled ? 1 : batch.Length);
        var numbers = new float[texts.Length * perText];
        FloatTensors.Widen(results[0].GetTensorMutableRawData(), results[0].GetTensorTypeAndShape().ElementDataType, numbers);
        return [.. texts.Select((ids, index) =>
            Pooling.Normalize(Pooling.Apply(_pooling, numbers.AsSpan(index * perText, perText), _contract.IsPooled ? 1 : ids.Length, Dimensions)))];
    }
}
