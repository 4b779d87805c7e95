using System.Buffers;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>Everything that went over a wire, in both directions.</summary>
internal sealed class Wiretap
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _seen = new();

    public long Length
    {
        get
        {
            lock (_gate) return _seen.WrittenCount;
        }
    }

    public void See(ReadOnlySpan<byte> bytes)
    {
        lock (_gate) _seen.Write(bytes);
    }

    public byte[] ToArray()
    {
        lock (_gate) return _seen.WrittenSpan.ToArray();
    }

    /// <summary>Whether some bytes went over the wire.</summary>
    public bool Holds(ReadOnlySpan<byte> needle)
    {
        lock (_gate) return _seen.WrittenSpan.IndexOf(needle) >= 0;
    }
}
