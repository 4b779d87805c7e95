using System.Text;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>Reads the head of a binary HTTP message (RFC 9292) and hands the rest on as a stream.</summary>
internal sealed class BinaryHttpReader(Stream source, PeekBuffer buffer, BinaryHttpLimits limits, RefusalReason truncated)
{
    private const int MostInformational = 8;

    public async ValueTask<(BinaryHttpRequest Request, Stream Body)> ReadRequestAsync(CancellationToken cancellationToken)
    {
        bool known = await ReadFramingAsync(BinaryHttpEncoder.KnownRequest, BinaryHttpEncoder.IndeterminateRequest, cancellationToken).ConfigureAwait(false);
        string method = await ReadControlAsync("method", cancellationToken).ConfigureAwait(false);
        string scheme = await ReadControlAsync("scheme", cancellationToken).ConfigureAwait(false);
        string authority = await ReadControlAsync("authority", cancellationToken).ConfigureAwait(false);
        string path = await ReadControlAsync("path", cancellationToken).ConfigureAwait(false);
        if (!IsToken(method) || path.Length == 0)
        {
            throw Malformed("The method or the path of the request is empty or has other characters than it may have.");
        }

        List<HeaderField> headers = await ReadFieldsAsync(known, cancellationToken).ConfigureAwait(false);
        return (new BinaryHttpRequest(method, scheme, authority, path, headers), Body(known));
    }

    public async ValueTask<(BinaryHttpResponse Response, Stream Body)> ReadResponseAsync(CancellationToken cancellationToken)
    {
        bool known = await ReadFramingAsync(BinaryHttpEncoder.KnownResponse, BinaryHttpEncoder.IndeterminateResponse, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i <= MostInformational; i++)
        {
            long status = await ReadVarintAsync(cancellationToken).ConfigureAwait(false);
            if (status is < 100 or > 599)
            {
                throw Malformed(status < 0 ? "The response ended before its status." : "The response has no status between 100 and 599.");
            }

            List<HeaderField> headers = await ReadFieldsAsync(known, cancellationToken).ConfigureAwait(false);
            if (status >= 200)
            {
                return (new BinaryHttpResponse((int)status, headers), Body(known));
            }
        }

        throw Malformed($"The response has more than {MostInformational} informational responses.");
    }

    private BinaryHttpBody Body(bool known) => new(source, buffer, this, limits, known, truncated);

    private async ValueTask<bool> ReadFramingAsync(int known, int indeterminate, CancellationToken cancellationToken)
    {
        long framing = await ReadVarintAsync(cancellationToken).ConfigureAwait(false);
        if (framing != known && framing != indeterminate)
        {
            throw framing < 0 ? new ChannelException(truncated, "The message is empty.") : Malformed($"The message's framing is {framing}.");
        }

        return framing == known;
    }

    private async ValueTask<string> ReadControlAsync(string what, CancellationToken cancellationToken)
    {
        long length = await ReadVarintAsync(cancellationToken).ConfigureAwait(false);
        await NeedAsync(length, limits.ControlBytes, what, cancellationToken).ConfigureAwait(false);
        string text = Encoding.Latin1.GetString(buffer.Span[..(int)length]);
        buffer.Skip((int)length);
        return text.AsSpan().ContainsAnyInRange('\0', ' ') ? throw Malformed($"The {what} has spaces or control characters.") : text;
    }

    /// <summary>Reads a field section; a message that ends at its beginning has an empty one (section 3.8).</summary>
    internal ValueTask<List<HeaderField>> ReadFieldsAsync(bool known, CancellationToken cancellationToken) =>
        known ? ReadKnownFieldsAsync(cancellationToken) : ReadTerminatedFieldsAsync(cancellationToken);

    private async ValueTask<List<HeaderField>> ReadKnownFieldsAsync(CancellationToken cancellationToken)
    {
        var fields = new List<HeaderField>();
        long length = await ReadVarintAsync(cancellationToken).ConfigureAwait(false);
        if (length < 0)
        {
            return fields;
        }

        await NeedAsync(length, limits.HeaderBytes, "field section", cancellationToken).ConfigureAwait(false);
        int end = buffer.Count - (int)length;
        while (buffer.Count > end)
        {
            string name = ReadInside(end);
            Add(fields, name, ReadInside(end));
        }

        return fields;
    }

    /// <summary>Reads one length-prefixed text that must end before the section does.</summary>
    private string ReadInside(int end)
    {
        ReadOnlySpan<byte> rest = buffer.Span[..(buffer.Count - end)];
        int prefix = rest.IsEmpty ? 1 : Varint.LengthOf(rest[0]);
        ulong length = rest.Length < prefix ? ulong.MaxValue : Varint.Read(rest[..prefix]);
        if (rest.Length < prefix || length > (ulong)(rest.Length - prefix))
        {
            throw Malformed("A field reaches over the end of its section.");
        }

        string text = Encoding.Latin1.GetString(rest.Slice(prefix, (int)length));
        buffer.Skip(prefix + (int)length);
        return text;
    }

    private async ValueTask<List<HeaderField>> ReadTerminatedFieldsAsync(CancellationToken cancellationToken)
    {
        var fields = new List<HeaderField>();
        int left = limits.HeaderBytes;
        while (true)
        {
            long length = await ReadVarintAsync(cancellationToken).ConfigureAwait(false);
            if (length == 0 || (length < 0 && fields.Count == 0))
            {
                return fields;
            }

            string name = await ReadTextAsync(length, left, cancellationToken).ConfigureAwait(false);
            left -= name.Length;
            long valueLength = await ReadVarintAsync(cancellationToken).ConfigureAwait(false);
            string value = await ReadTextAsync(valueLength, left, cancellationToken).ConfigureAwait(false);
            left -= value.Length;
            Add(fields, name, value);
        }
    }

    private async ValueTask<string> ReadTextAsync(long length, int limit, CancellationToken cancellationToken)
    {
        await NeedAsync(length, limit, "field section", cancellationToken).ConfigureAwait(false);
        string text = Encoding.Latin1.GetString(buffer.Span[..(int)length]);
        buffer.Skip((int)length);
        return text;
    }

    private void Add(List<HeaderField> fields, string name, string value)
    {
        var field = new HeaderField(name, value);
        if (!field.IsValid)
        {
            throw Malformed("A field's name is not a token in lower case, or its value has control characters or outer spaces.");
        }

        if (fields.Count == limits.HeaderCount)
        {
            throw new ChannelException(RefusalReason.TooLarge, $"The message has more than {limits.HeaderCount} fields.");
        }

        fields.Add(field);
    }

    private async ValueTask NeedAsync(long length, int limit, string what, CancellationToken cancellationToken)
    {
        if (length > limit)
        {
            throw new ChannelException(RefusalReason.TooLarge, $"The {what} has {length} bytes; at most {limit} are taken.");
        }

        if (length < 0 || !await buffer.EnsureAsync((int)length, cancellationToken).ConfigureAwait(false))
        {
            throw new ChannelException(truncated, $"The message ended inside its {what}.");
        }
    }

    internal async ValueTask<long> ReadVarintAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await buffer.ReadVarintAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EndOfStreamException)
        {
            throw new ChannelException(truncated, "The message ended inside a number.");
        }
    }

    private static bool IsToken(string text) => new HeaderField(text.ToLowerInvariant(), "").IsValid;

    private static ChannelException Malformed(string message) => new(RefusalReason.Malformed, message);
}
