using System.Runtime.InteropServices;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>
/// Runs steps of any number of sequences over one session, one step at a time with all threads. Whoever waits longest is next, so
/// sequences take turns token by token, and a long prompt lets others in between its parts.
/// </summary>
internal sealed class DecoderRunner : IDisposable
{
    /// <summary>The tokens of one step at most: logits of a whole prompt can be gigabytes.</summary>
    public const int StepTokens = 256;

    private readonly SharedSession _session;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly float[] _scores;
    private readonly NativeBuffer _logits;
    private readonly NativeBuffer _integers = new(StepTokens * 2 * sizeof(long));
    private readonly NativeBuffer _small = new(2 * sizeof(long));
    private NativeBuffer _ones = new(0);

    public DecoderRunner(InferenceSession session, DecoderContract contract)
    {
        _session = new SharedSession(session);
        Contract = contract;
        _inputNames = [.. contract.Inputs.Select(input => input.Name), .. contract.Cache.Select(slot => slot.Past)];
        _outputNames = [contract.Logits, .. contract.Cache.Select(slot => slot.Present)];
        _scores = new float[contract.Vocabulary];
        _logits = new NativeBuffer(LogitsBytes(1));
    }

    /// <summary>Gets what the model takes and gives.</summary>
    public DecoderContract Contract { get; }

    /// <summary>Feeds tokens and picks the next one from the scores of the last; the sampler may change the scores.</summary>
    public async ValueTask<int> NextAsync(KeyValueCache cache, ReadOnlyMemory<int> tokens, Sampler sampler, RunOptions run, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadOnlyMemory<int> part = tokens[..Math.Min(StepTokens, tokens.Length)];
            tokens = tokens[part.Length..];
            Sampler? picker = tokens.IsEmpty ? sampler : null;
            int next = await _session.RunAsync(session => Step(session, cache, part.Span, picker, run), cancellationToken).ConfigureAwait(false);
            if (picker is not null) return next;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        foreach (NativeBuffer buffer in new[] { _logits, _integers, _small, _ones }) buffer.Dispose();
    }

    private int Step(InferenceSession session, KeyValueCache cache, ReadOnlySpan<int> tokens, Sampler? sampler, RunOptions run)
    {
        int rows = Contract.LastLogitsOnly ? 1 : tokens.Length;
        NativeBuffer logits = rows == 1 ? _logits : new NativeBuffer(LogitsBytes(rows));
        var inputs = new OrtValue[_inputNames.Length];
        var outputs = new OrtValue[_outputNames.Length];
        try
        {
            cache.Prepare(tokens.Length);
            for (int i = 0; i < Contract.Inputs.Count; i++) inputs[i] = Input(Contract.Inputs[i].Kind, Contract.Inputs[i].Type, tokens, cache.Length);
            cache.Past.CopyTo(inputs, Contract.Inputs.Count);
            outputs[0] = logits.Tensor(Contract.LogitsType, [1, rows, Contract.Vocabulary], LogitsBytes(rows));
            cache.Present.CopyTo(outputs, 1);
            session.Run(run, _inputNames, inputs, _outputNames, outputs);
            FloatTensors.Widen(logits.Span[checked((int)LogitsBytes(rows - 1))..], Contract.LogitsType, _scores);
            cache.Commit();
            return sampler?.Pick(_scores) ?? 0;
        }
        finally
        {
            outputs[0]?.Dispose();
            for (int i = 0; i < Contract.Inputs.Count; i++) inputs[i]?.Dispose();
            if (rows != 1) logits.Dispose();
        }
    }

    private OrtValue Input(DecoderInput kind, TensorElementType type, ReadOnlySpan<int> tokens, int past)
    {
        switch (kind)
        {
            case DecoderInput.Ids:
                return Integers(0, type, tokens);
            case DecoderInput.Positions:
                Span<int> positions = stackalloc int[tokens.Length];
                for (int i = 0; i < positions.Length; i++) positions[i] = past + i;
                return Integers(StepTokens * sizeof(long), type, positions);
            case DecoderInput.Mask:
                return Ones(type, past + tokens.Length);
            case DecoderInput.UseCache:
                _small.Span[0] = past > 0 ? (byte)1 : (byte)0;
                return _small.Tensor(TensorElementType.Bool, [1], 1);
            default:
                _small.Span[sizeof(long)..].Clear();
                _small.Span[sizeof(long)] = 1;
                return _small.Tensor(type, [], Width(type), sizeof(long));
        }
    }

    private OrtValue Integers(int offset, TensorElementType type, ReadOnlySpan<int> values)
    {
        Span<byte> area = _integers.Span[offset..];
        if (type == TensorElementType.Int32)
        {
            values.CopyTo(MemoryMarshal.Cast<byte, int>(area));
        }
        else
        {
            Span<long> wide = MemoryMarshal.Cast<byte, long>(area);
            for (int i = 0; i < values.Length; i++) wide[i] = values[i];
        }

        return _integers.Tensor(type, [1, values.Length], values.Length * Width(type), offset);
    }

    /// <summary>A mask of ones; the memory is the same for every sequence and only grows.</summary>
    private OrtValue Ones(TensorElementType type, int length)
    {
        long bytes = (long)length * Width(type);
        if (_ones.Length < bytes)
        {
            _ones.Dispose();
            _ones = new NativeBuffer(bytes * 2);
            if (type == TensorElementType.Int32) MemoryMarshal.Cast<byte, int>(_ones.Span).Fill(1);
            else MemoryMarshal.Cast<byte, long>(_ones.Span).Fill(1);
        }

        return _ones.Tensor(type, [1, length], bytes);
    }

    private long LogitsBytes(int rows) => (long)rows * Contract.Vocabulary * FloatTensors.Size(Contract.LogitsType);

    private static int Width(TensorElementType type) => type == TensorElementType.Int32 ? sizeof(int) : sizeof(long);
}
