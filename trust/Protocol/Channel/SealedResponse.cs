using System.Buffers;
using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>
/// A sealed answer while it is written: head, content, end. If <see cref="CompleteAsync"/> is not reached the client knows that the answer is cut.
/// </summary>
public sealed class SealedResponse : IDisposable
{
    private readonly SealedWriter _writer;
    private readonly ArrayBufferWriter<byte> _encoded = new();

    internal SealedResponse(SealedWriter writer) => _writer = writer;

    /// <summary>Writes the head. It leaves with the first content, or when it is flushed or completed.</summary>
    public void WriteHead(BinaryHttpResponse response) => BinaryHttpEncoder.WriteResponseHead(_encoded, response);

    /// <summary>Seals and sends content, with whatever was written before it.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        const int most = Ohttp.ChunkSize - Varint.LongestEncoding;
        for (; content.Length > most; content = content[most..])
        {
            BinaryHttpEncoder.WriteChunk(_encoded, content.Span[..most]);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        BinaryHttpEncoder.WriteChunk(_encoded, content.Span);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends what was written so far, such as the head alone.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_encoded.WrittenCount > 0)
        {
            await _writer.WriteAsync(_encoded.WrittenMemory, cancellationToken).ConfigureAwait(false);
            _encoded.Clear();
        }
    }

    /// <summary>Ends the answer, after <paramref name="padding"/> zero bytes that hide its length.</summary>
    public async ValueTask CompleteAsync(int padding, CancellationToken cancellationToken)
    {
        BinaryHttpEncoder.WriteEnd(_encoded);
        if (padding > 0)
        {
            _encoded.GetSpan(padding)[..padding].Clear();
            _encoded.Advance(padding);
        }

        await _writer.CompleteAsync(_encoded.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _encoded.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _encoded.Clear();
        _writer.Dispose();
    }
}
