using System.IO.Pipelines;
using System.Net;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>A request's body on its way: each piece is passed on as it comes and flushed, none is kept.</summary>
internal sealed class RelayedContent(HttpRequest source, Telemetry telemetry) : HttpContent
{
    /// <summary>Gets whether a piece may have been taken: then the request cannot be sent elsewhere.</summary>
    public bool Started { get; private set; }

    /// <summary>Gets why the body could not be read from its sender.</summary>
    public BadHttpRequestException? Fault { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Started = true;
        PipeReader reader = source.BodyReader;
        while (true)
        {
            ReadResult result = await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> piece in result.Buffer)
            {
                await stream.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                telemetry.SealedBytes("request", piece.Length);
            }

            reader.AdvanceTo(result.Buffer.End);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = source.ContentLength ?? 0;
        return source.ContentLength is not null;
    }

    private async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception)
        {
            Fault = exception;
            throw;
        }
    }
}
