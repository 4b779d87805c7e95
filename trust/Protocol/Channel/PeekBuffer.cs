using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>Bytes read ahead from a stream, so that a parser can ask for as many as it needs; wiped on dispose.</summary>
internal sealed class PeekBuffer(Stream source, int initial) : IDisposable
{
    private byte[] _bytes = new byte[initial];
    private int _start;
    private int _end;

    public int Count => _end - _start;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(_start, Count);

    /// <summary>Reads until there are this many bytes; false when the stream ends before.</summary>
    public async ValueTask<bool> EnsureAsync(int count, CancellationToken cancellationToken)
    {
        while (Count < count)
        {
            if (!await ReadMoreAsync(count, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads once, into room for at least <paramref name="capacity"/> bytes in all; false at the stream's end.</summary>
    public async ValueTask<bool> ReadMoreAsync(int capacity, CancellationToken cancellationToken)
    {
        MakeRoom(capacity);
        int read = await source.ReadAsync(_bytes.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    /// <summary>Reads the next integer; minus one when the stream ends before its first byte.</summary>
    public async ValueTask<long> ReadVarintAsync(CancellationToken cancellationToken)
    {
        if (!await EnsureAsync(1, cancellationToken).ConfigureAwait(false))
        {
            return -1;
        }

        int length = Varint.LengthOf(Span[0]);
        if (!await EnsureAsync(length, cancellationToken).ConfigureAwait(false))
        {
            throw new EndOfStreamException();
        }

        long value = (long)Varint.Read(Span[..length]);
        Skip(length);
        return value;
    }

    public void Skip(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private void MakeRoom(int capacity)
    {
        if (_start > 0 && (_bytes.Length - _start < capacity || _end == _bytes.Length))
        {
            Span.CopyTo(_bytes);
            (_start, _end) = (0, Count);
        }

        if (_bytes.Length < capacity || _end == _bytes.Length)
        {
            byte[] larger = new byte[Math.Max(capacity, _bytes.Length * 2)];
            Span.CopyTo(larger);
            CryptographicOperations.ZeroMemory(_bytes);
            (_start, _end, _bytes) = (0, Count, larger);
        }
    }
}
