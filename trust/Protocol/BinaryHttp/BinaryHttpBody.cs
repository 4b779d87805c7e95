using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>
/// The content of a binary HTTP message. It ends only after trailers and padding were read and the stream below has ended, so that a cut
/// message is never taken for a complete one.
/// </summary>
internal sealed class BinaryHttpBody(Stream source, PeekBuffer buffer, BinaryHttpReader reader, BinaryHttpLimits limits, bool known, RefusalReason truncated)
    : ReadOnlyStream
{
    private long _left;
    private long _total;
    private bool _begun;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        if (_ended || destination.IsEmpty)
        {
            return 0;
        }

        if (_left == 0 && !await NextAsync(cancellationToken).ConfigureAwait(false))
        {
            await reader.ReadFieldsAsync(known, cancellationToken).ConfigureAwait(false);
            await SkipPaddingAsync(cancellationToken).ConfigureAwait(false);
            _ended = true;
            return 0;
        }

        if (buffer.Count == 0 && !await buffer.ReadMoreAsync(1, cancellationToken).ConfigureAwait(false))
        {
            throw new ChannelException(truncated, "The message ended inside its content.");
        }

        int count = (int)Math.Min(Math.Min(_left, destination.Length), buffer.Count);
        buffer.Span[..count].CopyTo(destination.Span);
        buffer.Skip(count);
        _left -= count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        buffer.Dispose();
        source.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Reads the next length of content; false at its end. Content that never began may be left out (RFC 9292 section 3.8).</summary>
    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        if (known && _begun)
        {
            return false;
        }

        long length = await reader.ReadVarintAsync(cancellationToken).ConfigureAwait(false);
        if (length < 0 && _begun)
        {
            throw new ChannelException(truncated, "The message ended before the end of its content.");
        }

        _begun = true;
        _left = Math.Max(0, length);
        _total += _left;
        return _total > limits.BodyBytes
            ? throw new ChannelException(RefusalReason.TooLarge, $"The content has more than {limits.BodyBytes} bytes.")
            : _left > 0;
    }

    private async ValueTask SkipPaddingAsync(CancellationToken cancellationToken)
    {
        int skipped = 0;
        do
        {
            if (buffer.Span.ContainsAnyExcept((byte)0))
            {
                throw new ChannelException(RefusalReason.Malformed, "The message is followed by something that is not padding.");
            }

            skipped += buffer.Count;
            buffer.Skip(buffer.Count);
            if (skipped > limits.PaddingBytes)
            {
                throw new ChannelException(RefusalReason.TooLarge, $"The padding has more than {limits.PaddingBytes} bytes.");
            }
        }
        while (await buffer.ReadMoreAsync(1, cancellationToken).ConfigureAwait(false));
    }
}
