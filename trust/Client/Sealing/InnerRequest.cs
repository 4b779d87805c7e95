using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.BinaryHttp;

namespace ConfidentialOperator.Client.Sealing;

/// <summary>A request as it stands inside the channel. Its content is kept until the answer begins, so that it can be sealed a second time.</summary>
internal sealed class InnerRequest
{
    private const string Scheme = "https";

    // They belong to one connection (RFC 9110 section 7.6.1), to the outer message, or are set here.
    private static readonly HashSet<string> s_left = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "expect", "host", "content-length", "date",
    };

    private readonly HttpContent? _content;

    private InnerRequest(BinaryHttpRequest head, HttpContent? content)
    {
        Head = head;
        _content = content;
    }

    public BinaryHttpRequest Head { get; }

    public static bool TryRead(HttpRequestMessage request, DateTimeOffset now, [NotNullWhen(true)] out InnerRequest? inner, [NotNullWhen(false)] out Refusal? refusal)
    {
        inner = null;
        // On Unix a text that begins with a slash is an absolute file address to the platform; here it is a path.
        string? path = request.RequestUri is { IsAbsoluteUri: true, Scheme: "http" or "https" } uri ? uri.PathAndQuery : request.RequestUri?.OriginalString;
        if (path is null || !path.StartsWith('/'))
        {
            refusal = new(RefusalReason.RequestInvalid, "The request needs an absolute address or a path that begins with '/'.");
            return false;
        }

        HeaderField[] fields =
        [
            new("date", now.ToString("r", CultureInfo.InvariantCulture)),
            .. Fields(request.Headers),
            .. request.Content is null ? [] : Fields(request.Content.Headers),
        ];
        HeaderField wrong = fields.FirstOrDefault(field => !field.IsValid);
        refusal = wrong.Name is null ? null : new(RefusalReason.RequestInvalid, $"The request's header '{wrong.Name}' cannot be sent: it is no token, or its value has control characters.");
        inner = refusal is null ? new InnerRequest(new BinaryHttpRequest(request.Method.Method, Scheme, "", path, fields), request.Content) : null;
        return inner is not null;
    }

    /// <summary>Takes the content into memory; returns a refusal when it is too long.</summary>
    public async Task<Refusal?> BufferAsync(long most, CancellationToken cancellationToken)
    {
        try
        {
            await (_content?.LoadIntoBufferAsync(most, cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
            return null;
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new(RefusalReason.TooLarge, $"The request's content has more than {most} bytes.");
        }
    }

    /// <summary>Opens the content from its beginning.</summary>
    public Stream? OpenContent()
    {
        if (_content is null)
        {
            return null;
        }

        var copy = new MemoryStream();
        _content.CopyTo(copy, null, CancellationToken.None);
        copy.Position = 0;
        return copy;
    }

    private static IEnumerable<HeaderField> Fields(IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers) => headers
        .Where(header => !s_left.Contains(header.Key))
        .SelectMany(header => header.Value.Select(value => new HeaderField(header.Key.ToLowerInvariant(), value.Trim(' ', '\t'))));
}
