using System.Buffers;
using System.Text;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Protocol.BinaryHttp;

/// <summary>Writes binary HTTP (RFC 9292). Every section is written, also an empty one, since some readers want them all.</summary>
public static class BinaryHttpEncoder
{
    internal const int KnownRequest = 0;
    internal const int KnownResponse = 1;
    internal const int IndeterminateRequest = 2;
    internal const int IndeterminateResponse = 3;

    /// <summary>Writes a whole request of known length.</summary>
    public static void WriteRequest(IBufferWriter<byte> output, BinaryHttpRequest request, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(request);
        Varint.Write(output, KnownRequest);
        WriteControl(output, request);
        WriteKnownRest(output, request.Headers, content);
    }

    /// <summary>Writes a whole response of known length.</summary>
    public static void WriteResponse(IBufferWriter<byte> output, BinaryHttpResponse response, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(response);
        Varint.Write(output, KnownResponse);
        Varint.Write(output, response.Status);
        WriteKnownRest(output, response.Headers, content);
    }

    /// <summary>Writes the beginning of a request whose content follows in chunks.</summary>
    public static void WriteRequestHead(IBufferWriter<byte> output, BinaryHttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(request);
        Varint.Write(output, IndeterminateRequest);
        WriteControl(output, request);
        WriteFields(output, request.Headers);
        Varint.Write(output, 0);
    }

    /// <summary>Writes the beginning of a response whose content follows in chunks.</summary>
    public static void WriteResponseHead(IBufferWriter<byte> output, BinaryHttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(response);
        Varint.Write(output, IndeterminateResponse);
        Varint.Write(output, response.Status);
        WriteFields(output, response.Headers);
        Varint.Write(output, 0);
    }

    /// <summary>Writes a chunk of content; no bytes write nothing, since an empty chunk would be the end.</summary>
    public static void WriteChunk(IBufferWriter<byte> output, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (!content.IsEmpty)
        {
            WriteBytes(output, content);
        }
    }

    /// <summary>Writes the end of content in chunks, with no trailers.</summary>
    public static void WriteEnd(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write((ReadOnlySpan<byte>)[0, 0]);
    }

    private static void WriteControl(IBufferWriter<byte> output, BinaryHttpRequest request)
    {
        WriteText(output, request.Method);
        WriteText(output, request.Scheme);
        WriteText(output, request.Authority);
        WriteText(output, request.Path);
    }

    private static void WriteKnownRest(IBufferWriter<byte> output, IReadOnlyList<HeaderField> headers, ReadOnlySpan<byte> content)
    {
        var fields = new ArrayBufferWriter<byte>();
        WriteFields(fields, headers);
        WriteBytes(output, fields.WrittenSpan);
        fields.Clear();
        WriteBytes(output, content);
        Varint.Write(output, 0);
    }

    private static void WriteFields(IBufferWriter<byte> output, IReadOnlyList<HeaderField> headers)
    {
        foreach (HeaderField field in headers)
        {
            if (!field.IsValid)
            {
                throw new ArgumentException($"The field '{field.Name}' cannot be written.", nameof(headers));
            }

            WriteText(output, field.Name);
            WriteText(output, field.Value);
        }
    }

    private static void WriteText(IBufferWriter<byte> output, string text) => WriteBytes(output, Encoding.Latin1.GetBytes(text));

    private static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Varint.Write(output, bytes.Length);
        output.Write(bytes);
    }
}
