using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>
/// The plaintext of a chunked message. It ends only after the final chunk has authenticated and nothing follows; a message that stops
/// anywhere else throws.
/// </summary>
internal sealed class ChunkOpeningStream(PeekBuffer source, AeadCipher cipher, RefusalReason inauthentic, RefusalReason truncated) : ReadOnlyStream
{
    private byte[] _plaintext = new byte[Ohttp.ChunkSize];
    private int _start;
    private int _end;
    private bool _final;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_start == _end)
        {
            if (_final || buffer.IsEmpty)
            {
                return 0;
            }

            await NextChunkAsync(cancellationToken).ConfigureAwait(false);
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _plaintext.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_plaintext);
        cipher.Dispose();
        source.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask NextChunkAsync(CancellationToken cancellationToken)
    {
        long length;
        try
        {
            length = await source.ReadVarintAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            length = -1;
        }

        if (length < 0)
        {
            throw new ChannelException(truncated, "The message ended before its final chunk.");
        }

        if (length == 0)
        {
            await FinalChunkAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        if (length <= HpkeAeadExtensions.TagLength || length > Ohttp.LongestChunk + HpkeAeadExtensions.TagLength)
        {
            throw new ChannelException(RefusalReason.Malformed,
                $"A chunk has {length} bytes; it must have {HpkeAeadExtensions.TagLength + 1} to {Ohttp.LongestChunk + HpkeAeadExtensions.TagLength}.");
        }

        if (!await source.EnsureAsync((int)length, cancellationToken).ConfigureAwait(false))
        {
            throw new ChannelException(truncated, "The message ended inside a chunk.");
        }

        Open((int)length, default);
    }

    private async ValueTask FinalChunkAsync(CancellationToken cancellationToken)
    {
        const int limit = Ohttp.LongestChunk + HpkeAeadExtensions.TagLength;
        while (await source.ReadMoreAsync(Math.Min(source.Count + 1, limit + 1), cancellationToken).ConfigureAwait(false))
        {
            if (source.Count > limit)
            {
                throw new ChannelException(RefusalReason.TooLarge, $"The final chunk has more than {limit} bytes.");
            }
        }

        if (source.Count < HpkeAeadExtensions.TagLength)
        {
            throw new ChannelException(truncated, "The message ended inside its final chunk.");
        }

        Open(source.Count, Ohttp.FinalMarker);
        _final = true;
    }

    private void Open(int length, ReadOnlySpan<byte> associatedData)
    {
        int plaintext = length - HpkeAeadExtensions.TagLength;
        if (_plaintext.Length < plaintext)
        {
            CryptographicOperations.ZeroMemory(_plaintext);
            _plaintext = new byte[plaintext];
        }

        (_start, _end) = (0, 0);
        if (!cipher.TryOpen(source.Span[..length], associatedData, _plaintext))
        {
            throw new ChannelException(inauthentic, "A chunk does not authenticate: it was changed, moved, or sealed to another key.");
        }

        _end = plaintext;
        source.Skip(length);
    }
}
