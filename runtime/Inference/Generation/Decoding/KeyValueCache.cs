using ConfidentialOperator.Inference.Generation.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>
/// The cache of one sequence: two buffers for each tensor, and what a step writes is what the next step reads. A step allocates
/// only when a buffer is full; it doubles then. Wiped on dispose, for it holds what the prompt says.
/// </summary>
internal sealed class KeyValueCache : IDisposable
{
    private const int FirstCapacity = 64;

    private readonly IReadOnlyList<CacheSlot> _slots;
    private readonly int _limit;
    private NativeBuffer[] _pastBuffers;
    private NativeBuffer[] _presentBuffers;
    private int _presentLength;

    /// <param name="slots">The tensors.</param>
    /// <param name="limit">The most tokens that the sequence can have.</param>
    public KeyValueCache(IReadOnlyList<CacheSlot> slots, int limit)
    {
        _slots = slots;
        _limit = limit;
        _pastBuffers = [.. slots.Select(slot => new NativeBuffer(slot.Bytes(0)))];
        _presentBuffers = [.. slots.Select(slot => new NativeBuffer(slot.Bytes(0)))];
        foreach (NativeBuffer buffer in _pastBuffers) buffer.Span.Clear();
        Past = [.. slots.Select((slot, index) => _pastBuffers[index].Tensor(slot.Type, slot.At(0), slot.Bytes(0)))];
        Present = new OrtValue[slots.Count];
    }

    /// <summary>Gets the tokens in the cache.</summary>
    public int Length { get; private set; }

    /// <summary>Gets what a step reads.</summary>
    public OrtValue[] Past { get; private set; }

    /// <summary>Gets what a step writes, after <see cref="Prepare"/>.</summary>
    public OrtValue[] Present { get; private set; }

    /// <summary>Makes room for a step with some new tokens.</summary>
    public void Prepare(int tokens)
    {
        _presentLength = Length + tokens;
        for (int i = 0; i < _slots.Count; i++)
        {
            CacheSlot slot = _slots[i];
            long bytes = slot.Bytes(_presentLength);
            if (_presentBuffers[i].Length < bytes)
            {
                _presentBuffers[i].Dispose();
                _presentBuffers[i] = new NativeBuffer(slot.Bytes(Capacity(_presentLength)));
            }

            Present[i]?.Dispose();
            Present[i] = _presentBuffers[i].Tensor(slot.Type, slot.At(_presentLength), bytes);
        }
    }

    /// <summary>Takes what the step wrote for what the next step reads.</summary>
    public void Commit()
    {
        (_pastBuffers, _presentBuffers) = (_presentBuffers, _pastBuffers);
        (Past, Present) = (Present, Past);
        Length = _presentLength;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OrtValue? value in Past.Concat(Present)) value?.Dispose();
        foreach (NativeBuffer buffer in _pastBuffers.Concat(_presentBuffers)) buffer.Dispose();
    }

    private int Capacity(int tokens)
    {
        int capacity = FirstCapacity;
        while (capacity < tokens) capacity *= 2;
        return Math.Max(tokens, Math.Min(capacity, _limit));
    }
}
