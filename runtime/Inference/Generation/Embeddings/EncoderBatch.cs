using System.Runtime.InteropServices;
using ConfidentialOperator.Inference.Generation.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Embeddings;

/// <summary>The inputs of one run: token ids of several texts, padded on the right to the longest.</summary>
internal sealed class EncoderBatch : IDisposable
{
    private readonly List<NativeBuffer> _buffers = [];
    private readonly List<OrtValue> _values = [];

    public EncoderBatch(EncoderContract contract, IReadOnlyList<int[]> texts, int padding)
    {
        Length = texts.Max(ids => ids.Length);
        foreach ((string name, TensorElementType type) in contract.Inputs)
        {
            Func<int[], int, long> cell = name switch
            {
                EncoderContract.Ids => (ids, at) => at < ids.Length ? ids[at] : padding,
                EncoderContract.Mask => (ids, at) => at < ids.Length ? 1 : 0,
                EncoderContract.Positions => (_, at) => at,
                _ => (_, _) => 0,
            };
            _values.Add(Tensor(texts, type, cell));
        }
    }

    /// <summary>Gets the tokens of the longest text.</summary>
    public int Length { get; }

    /// <summary>Gets the inputs, in the order of the contract.</summary>
    public IReadOnlyCollection<OrtValue> Values => _values;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtValue value in _values) value.Dispose();
        foreach (NativeBuffer buffer in _buffers) buffer.Dispose();
    }

    private OrtValue Tensor(IReadOnlyList<int[]> texts, TensorElementType type, Func<int[], int, long> cell)
    {
        int size = type == TensorElementType.Int64 ? sizeof(long) : sizeof(int);
        var buffer = new NativeBuffer((long)texts.Count * Length * size);
        _buffers.Add(buffer);
        for (int row = 0; row < texts.Count; row++)
        {
            for (int at = 0; at < Length; at++)
            {
                int index = (row * Length) + at;
                if (size == sizeof(long)) MemoryMarshal.Cast<byte, long>(buffer.Span)[index] = cell(texts[row], at);
                else MemoryMarshal.Cast<byte, int>(buffer.Span)[index] = (int)cell(texts[row], at);
            }
        }

        return buffer.Tensor(type, [texts.Count, Length], buffer.Length);
    }
}
