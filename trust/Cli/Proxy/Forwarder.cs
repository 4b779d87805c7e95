using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Client;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using Microsoft.AspNetCore.Http.Features;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>Carries a request to the model that it names, and the answer back as it comes.</summary>
internal sealed class Forwarder(ProxyOptions options, ILogger<Forwarder> logger)
{
    private const int BufferSize = 16 * 1024;

    // What belongs to the connection between client and proxy; the client library takes away the rest.
    private static readonly HashSet<string> s_left = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Content-Length", "Trailer" };

    /// <summary>Routes by the model in the path.</summary>
    public async Task ByPathAsync(HttpContext context)
    {
        string name = (string)context.Request.RouteValues["model"]!;
        if (!options.Models.TryGetValue(name, out ModelConnection? model))
        {
            await RefuseAsync(context, "", NotFound(name)).ConfigureAwait(false);
            return;
        }

        byte[]? body = await ReadBodyAsync(context).ConfigureAwait(false);
        if (body is not null)
        {
            await ForwardAsync(context, name, model, body).ConfigureAwait(false);
        }
    }

    /// <summary>Routes by the model in the body; a proxy with one model takes requests that name none.</summary>
    public async Task ByBodyAsync(HttpContext context)
    {
        byte[]? body = await ReadBodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            return;
        }

        if (TryChoose(context.Request, body, out string? name, out Refusal? refusal))
        {
            await ForwardAsync(context, name, options.Models[name], body).ConfigureAwait(false);
        }
        else
        {
            await RefuseAsync(context, "", refusal).ConfigureAwait(false);
        }
    }

    private bool TryChoose(HttpRequest request, byte[] body, [NotNullWhen(true)] out string? name, [NotNullWhen(false)] out Refusal? refusal)
    {
        string? only = options.Models.Count == 1 ? options.Models.Keys.First() : null;
        bool isJson = request.ContentType is null || request.ContentType.Contains("json", StringComparison.OrdinalIgnoreCase);
        refusal = null;
        if (!isJson)
        {
            name = only;
            refusal = only is null ? new(RefusalReason.RequestInvalid, "The proxy serves several models and finds the one that is meant in a JSON body only.") : null;
            return name is not null;
        }

        if (!ModelName.TryFind(body, out name))
        {
            refusal = new(RefusalReason.RequestInvalid, "The body must be one JSON object with the member 'model', once.");
            return false;
        }

        name ??= only;
        refusal = name is null ? new(RefusalReason.RequestInvalid, "The body must name a 'model': the proxy serves several.")
            : options.Models.ContainsKey(name) ? null : NotFound(name);
        return refusal is null;
    }

    private Refusal NotFound(string name) =>
        new(RefusalReason.ModelNotFound, $"The proxy has no model '{name}'; it has {string.Join(", ", options.Models.Keys)}.");

    private async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            return body.ToArray();
        }
        catch (BadHttpRequestException exception)
        {
            bool tooLarge = exception.StatusCode == StatusCodes.Status413PayloadTooLarge;
            await RefuseAsync(context, "", tooLarge
                ? new(RefusalReason.TooLarge, $"The body has more than {ProxyApplication.LongestBody} bytes.")
                : new(RefusalReason.RequestInvalid, "The body could not be read.")).ConfigureAwait(false);
            return null;
        }
    }

    private async Task ForwardAsync(HttpContext context, string name, ModelConnection model, byte[] body)
    {
        using HttpRequestMessage request = Inward(context.Request, body);
        SendResult result = await model.Client.SendAsync(request, context.RequestAborted).ConfigureAwait(false);
        if (!result.Answered)
        {
            await RefuseAsync(context, name, result.Refusal).ConfigureAwait(false);
            return;
        }

        using HttpResponseMessage response = result.Response;
        try
        {
            await AnswerAsync(context, response).ConfigureAwait(false);
        }
        catch (ChannelException exception)
        {
            await CutAsync(context, name, exception.Refusal).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage Inward(HttpRequest from, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(from.Path + from.QueryString, UriKind.Relative));
        request.Content = body.Length > 0 || from.ContentType is not null ? new ByteArrayContent(body) : null;
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in from.Headers.Where(header => !s_left.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (options.ApiKey is not null && from.Headers.Authorization.Count == 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
        }

        return request;
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content.Headers).Where(header => !s_left.Contains(header.Key)))
        {
            context.Response.Headers.Append(name, values.ToArray());
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using Stream content = await response.Content.ReadAsStreamAsync(context.RequestAborted).ConfigureAwait(false);
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = await content.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>What has begun cannot be taken back, so the connection is broken; what has not begun becomes an error.</summary>
    private async Task CutAsync(HttpContext context, string name, Refusal refusal)
    {
        logger.AnswerCut(name, refusal.Reason);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Headers.Clear();
        await ProxyErrors.WriteAsync(context, refusal, context.RequestAborted).ConfigureAwait(false);
    }

    private Task RefuseAsync(HttpContext context, string name, Refusal refusal)
    {
        logger.RequestRefused(name, refusal.Reason);
        return ProxyErrors.WriteAsync(context, refusal, context.RequestAborted);
    }
}
