using System.Runtime.CompilerServices;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>One answer of a decoder.</summary>
internal sealed class DecoderGeneration : IGeneration
{
    private readonly DecoderModel _model;
    private readonly int[] _prompt;
    private readonly int _maxTokens;
    private readonly GenerationOptions _options;
    private readonly bool _continues;
    private int _state;

    public DecoderGeneration(DecoderModel model, int[] prompt, bool continues, GenerationOptions options)
    {
        _model = model;
        _prompt = prompt;
        _options = options;
        _continues = continues;
        _maxTokens = options.MaxTokens ?? (model.ContextLength - prompt.Length);
    }

    /// <inheritdoc/>
    public int PromptTokens => _prompt.Length;

    /// <inheritdoc/>
    public int CompletionTokens { get; private set; }

    /// <inheritdoc/>
    public FinishReason FinishReason { get; private set; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> PiecesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _state, 1, 0) != 0) throw new InvalidOperationException("An answer is read once.");
        await _model.Places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var cache = new KeyValueCache(_model.Runner.Contract.Cache, _prompt.Length + _maxTokens);
            using RunOptions run = OnnxSession.NewRun();
            using CancellationTokenRegistration cancel = cancellationToken.Register(() => run.Terminate = true);
            var sampler = new Sampler(_options);
            var stops = new StopMatcher(_options.Stop);
            ITokenDecoder decoder = _model.Tokenizer.NewDecoder(_continues);
            ReadOnlyMemory<int> tokens = _prompt;
            var last = new int[1];
            while (FinishReason == FinishReason.None)
            {
                last[0] = await _model.Runner.NextAsync(cache, tokens, sampler, run, cancellationToken).ConfigureAwait(false);
                tokens = last;
                string text = Take(last[0], decoder, stops);
                if (text.Length > 0) yield return text;
            }
        }
        finally
        {
            _model.Places.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _state, 2) != 2) _model.Leave();
        return ValueTask.CompletedTask;
    }

    private string Take(int token, ITokenDecoder decoder, StopMatcher stops)
    {
        CompletionTokens++;
        if (_model.Settings.EndIds.Contains(token))
        {
            FinishReason = FinishReason.Stop;
            return stops.Flush();
        }

        string text = stops.Append(decoder.Append(token));
        if (stops.Met) FinishReason = FinishReason.Stop;
        else if (CompletionTokens == _maxTokens) FinishReason = FinishReason.Length;
        return FinishReason == FinishReason.Length ? text + stops.Flush() : text;
    }
}
