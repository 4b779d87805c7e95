using System.Buffers;
using System.Security.Cryptography;
using ConfidentialOperator.Inference.Endpoints;
using ConfidentialOperator.Protocol.BinaryHttp;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>
/// Seals answers for whoever sealed the request. The authenticated end is written only after the whole answer: one that breaks off is known to be cut.
/// </summary>
internal sealed class ResponseEncryption(IOptions<RuntimeOptions> options, TimeProvider time)
{
    public async Task WriteAsync(ServerExchange exchange, InnerAnswer answer, Stream output, CancellationToken cancellationToken)
    {
        PaddingMode padding = options.Value.Padding;
        using SealedResponse response = exchange.Respond(output);
        BinaryHttpResponse head = Head(answer);
        response.WriteHead(head);
        if (answer.Events is { } events)
        {
            await new FramePump(padding, time, response).RunAsync(events, cancellationToken).ConfigureAwait(false);
            await response.CompleteAsync(0, cancellationToken).ConfigureAwait(false);
            return;
        }

        // The head is part of the length: without it, a field more would tell a refusal from an answer.
        int filling = LengthPadding.AfterContent(padding, HeadLength(head) + answer.Content.Length);
        if (answer.MayEndInSpaces)
        {
            byte[] filled = new byte[answer.Content.Length + filling];
            answer.Content.CopyTo(filled, 0);
            filled.AsSpan(answer.Content.Length).Fill((byte)' ');
            await response.WriteAsync(filled, cancellationToken).ConfigureAwait(false);
            CryptographicOperations.ZeroMemory(filled);
            filling = 0;
        }
        else
        {
            await response.WriteAsync(answer.Content, cancellationToken).ConfigureAwait(false);
        }

        await response.CompleteAsync(filling, cancellationToken).ConfigureAwait(false);
        CryptographicOperations.ZeroMemory(answer.Content);
    }

    private static int HeadLength(BinaryHttpResponse head)
    {
        var encoded = new ArrayBufferWriter<byte>();
        BinaryHttpEncoder.WriteResponseHead(encoded, head);
        return encoded.WrittenCount;
    }

    private BinaryHttpResponse Head(InnerAnswer answer) => new(answer.Status,
        [new("content-type", answer.ContentType), new("date", time.GetUtcNow().ToString("r")), new("cache-control", "no-store"), .. answer.Headers]);
}
