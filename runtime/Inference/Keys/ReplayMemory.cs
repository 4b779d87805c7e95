using System.Runtime.InteropServices;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>Every ephemeral key that a request came with, as long as the private key that opened it lives. No two requests may share one.</summary>
internal sealed class ReplayMemory(int most)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Encapsulated> _seen = [];

    /// <summary>Gets whether the memory is at its limit, so that the key it belongs to must be replaced early.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _seen.Count >= most;
            }
        }
    }

    /// <summary>Remembers; false when it was seen before.</summary>
    public bool TryAdd(ByteString encapsulated)
    {
        var entry = new Encapsulated(
            MemoryMarshal.Read<UInt128>(encapsulated.Span), MemoryMarshal.Read<UInt128>(encapsulated.Span[(encapsulated.Length / 2)..]));
        lock (_lock)
        {
            return _seen.Add(entry);
        }
    }

    private readonly record struct Encapsulated(UInt128 First, UInt128 Second);
}
