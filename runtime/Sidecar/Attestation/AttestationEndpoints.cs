using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Sidecar.Endpoints;
using Microsoft.Extensions.Primitives;

namespace ConfidentialOperator.Sidecar.Attestation;

/// <summary>What clients ask before they send anything.</summary>
internal sealed class AttestationEndpoints(AttestationDocuments documents, RequestLimits limits)
{
    public const string Path = "/.well-known/confidential-model/attestation";

    // The hardware makes one report at a time, and some of it takes seconds.
    private const int MostWaiting = 64;

    private int _waiting;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, GetAsync);

    private async Task GetAsync(HttpContext context)
    {
        StringValues given = context.Request.Query["nonce"];
        ByteString? nonce = null;
        if (given.Count > 0 && !TryRead(given, out nonce))
        {
            await Problems.WriteAsync(context, StatusCodes.Status400BadRequest,
                new(RefusalReason.Malformed, "The nonce must be 64 digits of lower-case hex, once.")).ConfigureAwait(false);
            return;
        }

        if (nonce is not null && !await limits.TryAttestationAsync(context).ConfigureAwait(false))
        {
            return;
        }

        DocumentOutcome outcome = await MakeAsync(nonce, context.RequestAborted).ConfigureAwait(false);
        if (outcome.Refusal is not null)
        {
            context.Response.Headers.RetryAfter = "1";
            await Problems.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, outcome.Refusal).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = AttestationDocument.MediaType;
        context.Response.ContentLength = outcome.Document.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(outcome.Document, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<DocumentOutcome> MakeAsync(ByteString? nonce, CancellationToken cancellationToken)
    {
        try
        {
            return Interlocked.Increment(ref _waiting) > MostWaiting
                ? new([], new(RefusalReason.Overloaded, "Too many wait for an attestation document; ask again."))
                : nonce is null ? await documents.CachedAsync(cancellationToken).ConfigureAwait(false)
                : await documents.ForNonceAsync(nonce, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static bool TryRead(StringValues given, out ByteString? nonce)
    {
        nonce = null;
        string text = given.Count == 1 ? given.ToString() : "";
        return text.All(char.IsAsciiHexDigitLower) && ByteString.TryFromHex(text, ReportBinding.NonceSize, out nonce);
    }
}
