using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Sealing;

/// <summary>
/// The content of an answer. It ends only where the guest ended it; a connection that breaks before is a cut answer, with the same exception as a cut
/// ciphertext.
/// </summary>
internal sealed class AnswerStream(OpenedResponse opened, ClientExchange exchange, HttpResponseMessage outer) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await opened.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException and not ChannelException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new ChannelException(new Refusal(RefusalReason.ResponseTruncated, "The connection ended before the end of the answer."));
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            opened.Dispose();
            exchange.Dispose();
            outer.Dispose();
        }

        base.Dispose(disposing);
    }
}
