using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>Takes an answer apart: status, size, type, issuers' certificates in a header, body.</summary>
internal static class AnswerReader
{
    private const int LongestChain = 32 * 1024;

    public static HttpRequestMessage Message(CollateralRequest request, Uri address)
    {
        var message = new HttpRequestMessage(request.Body is null ? HttpMethod.Get : HttpMethod.Post, address);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body.ToArray());
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        }

        return message;
    }

    public static async Task<Attempt> ReadAsync(CollateralRequest request, HttpResponseMessage response, Uri address, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return OfStatus(request, response, now);
        }

        if (CheckHeaders(request, response) is { } refusal)
        {
            return new(refusal);
        }

        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        PipeReader reader = PipeReader.Create(stream);
        byte[]? body = await reader.ReadToEndAsync(CollateralItem.Longest, pinned: false, cancellationToken).ConfigureAwait(false);
        await reader.CompleteAsync().ConfigureAwait(false);
        if (body is null)
        {
            return new(TooLarge(request));
        }

        return ReadParts(request, response, body, new CollateralItem(request.Kind, ByteString.Empty, request.Name, address.AbsoluteUri, now));
    }

    private static Attempt ReadParts(CollateralRequest request, HttpResponseMessage response, byte[] body, CollateralItem empty)
    {
        (ByteString? data, Refusal? refusal, bool mayRetry) = AnswerContent.Read(request, body);
        if (data is null)
        {
            return new(refusal!, mayRetry);
        }

        CollateralItem item = empty with { Data = data };
        if (request.ChainHeaders.Count == 0)
        {
            return new(new CollateralAnswer([item]));
        }

        return TryChain(request, response, out ByteString? chain, out refusal)
            ? new(new CollateralAnswer([item, empty with { Kind = CollateralKinds.Chain, Data = chain }])) : new(refusal);
    }

    private static Attempt OfStatus(CollateralRequest request, HttpResponseMessage response, DateTimeOffset now)
    {
        int status = (int)response.StatusCode;
        return status switch
        {
            429 or 503 => new(new Refusal(RefusalReason.RateLimited, $"{request.Service} is overloaded (status {status})."), MayRetry: true, RetryAfter(response, now)),
            >= 500 or 408 => new(new Refusal(RefusalReason.CollateralUnavailable, $"{request.Service} answered with status {status}."), MayRetry: true),
            >= 300 and < 400 => new(new Refusal(RefusalReason.Unsupported, $"{request.Service} answered with a redirect (status {status}); none is followed: configure the address itself.")),
            404 or 410 => new(new Refusal(RefusalReason.CollateralUnavailable, $"{request.Service} does not have what was asked for (status {status}); check chip, TCB, FMSPC or id.")),
            _ => new(new Refusal(RefusalReason.CollateralUnavailable, $"{request.Service} refused with status {status}.")),
        };
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } when delta >= TimeSpan.Zero => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static Refusal? CheckHeaders(CollateralRequest request, HttpResponseMessage response)
    {
        HttpContentHeaders headers = response.Content.Headers;
        if (headers.ContentLength > CollateralItem.Longest)
        {
            return TooLarge(request);
        }

        if (headers.ContentEncoding.Count > 0)
        {
            return new(RefusalReason.Unsupported, $"{request.Service} packed its answer, which was not asked for.");
        }

        string type = headers.ContentType?.MediaType ?? "";
        return IsExpected(request.Kind, type) ? null
            : new(RefusalReason.Unsupported, $"{request.Service} answered with another type of content than that of '{request.Kind}'; check the address, and whether a proxy answers in its place.");
    }

    /// <summary>Where a standard or the vendor's manual fixes the type it must be that; the files of AMD and Intel come under many names, but never as a page.</summary>
    private static bool IsExpected(string kind, string type) => kind switch
    {
        CollateralKinds.Ocsp => Is(type, "application/ocsp-response"),
        CollateralKinds.TcbInfo or CollateralKinds.QeIdentity or CollateralKinds.TcbNumbers or CollateralKinds.DriverRim or CollateralKinds.VbiosRim => Is(type, "application/json"),
        CollateralKinds.Chain => !Is(type, "text/html") && !Is(type, "application/json"),
        _ => !type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !Is(type, "application/json") && !Is(type, "application/xml"),
    };

    private static bool Is(string type, string expected) => string.Equals(type, expected, StringComparison.OrdinalIgnoreCase);

    private static bool TryChain(CollateralRequest request, HttpResponseMessage response,
        [NotNullWhen(true)] out ByteString? chain, [NotNullWhen(false)] out Refusal? refusal)
    {
        chain = null;
        string? given = request.ChainHeaders.Select(name => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join("", values) : null)
            .FirstOrDefault(value => value is not null);
        if (given is null)
        {
            refusal = new(RefusalReason.MissingMember, $"{request.Service} sent no certificates of the issuers; expected header {request.ChainHeaders[0]}.");
            return false;
        }

        string pem = given.Length <= LongestChain ? Uri.UnescapeDataString(given) : "";
        chain = AnswerContent.IsCertificates(pem) ? new ByteString(System.Text.Encoding.ASCII.GetBytes(pem)) : null;
        refusal = chain is null ? new(RefusalReason.Malformed, $"{request.Service} sent header {request.ChainHeaders[0]} without certificates in URL-encoded PEM.") : null;
        return chain is not null;
    }

    private static Refusal TooLarge(CollateralRequest request) => new(RefusalReason.TooLarge, $"{request.Service} answered with more than {CollateralItem.Longest} bytes.");
}
