using System.Net;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Sealing;

/// <summary>The body of the outer request: sealed while it is written.</summary>
internal sealed class SealedContent : HttpContent
{
    private readonly ClientExchange _exchange;
    private readonly InnerRequest _inner;
    private bool _begun;

    public SealedContent(ClientExchange exchange, InnerRequest inner)
    {
        _exchange = exchange;
        _inner = inner;
        Headers.ContentType = new MediaTypeHeaderValue(Ohttp.RequestType(exchange.Format));
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_begun)
        {
            // A redirect or a retry of the platform: the same ciphertext is never written twice, and another needs a new key.
            throw new HttpRequestException("A sealed request is sent once.");
        }

        _begun = true;
        using Stream? content = _inner.OpenContent();
        await _exchange.WriteRequestAsync(stream, _inner.Head, content, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
