using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Client;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Endpoints;

/// <summary>Asks a verified guest, inside the channel, and turns its errors into refusals.</summary>
internal static class GuestApi
{
    private const int LongestError = 64 * 1024;

    /// <summary>Posts JSON; the answer is a success whose content is still to be read.</summary>
    public static Task<HttpResponseMessage> PostAsync(this ModelConnection connection, string path, JsonNode body, string? apiKey, CancellationToken cancellationToken) =>
        connection.PostAsync(path, Encoding.UTF8.GetBytes(body.ToJsonString()), apiKey, cancellationToken);

    /// <summary>Posts JSON text as it is.</summary>
    public static async Task<HttpResponseMessage> PostAsync(this ModelConnection connection, string path, byte[] json, string? apiKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (apiKey is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        SendResult result = await connection.Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!result.Answered)
        {
            throw new CommandRefusedException(result.Refusal);
        }

        if (result.Response.IsSuccessStatusCode)
        {
            return result.Response;
        }

        using (result.Response)
        {
            throw new CommandRefusedException(await ErrorAsync(result.Response, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Reads a whole answer.</summary>
    public static async Task<JsonNode> ReadJsonAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return await JsonNode.ParseAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, "The guest's answer is not JSON.");
        }
    }

    /// <summary>The guest says why in OpenAI's shape, or in the Open Inference Protocol's; its code is a name of <see cref="RefusalReason"/>.</summary>
    private static async Task<Refusal> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LongestError, cancellationToken).ConfigureAwait(false);
        JsonNode? error = null;
        try
        {
            error = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false))?["error"];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The status says enough.
        }

        string? code = error is JsonObject ? error["code"]?.ToString() : null;
        string? message = error is JsonObject ? error["message"]?.ToString() : error?.ToString();
        return new(Enum.TryParse(code, out RefusalReason reason) && Enum.IsDefined(reason) ? reason : OfStatus((int)response.StatusCode),
            message ?? $"The guest answered with status {(int)response.StatusCode}.");
    }

    private static RefusalReason OfStatus(int status) => status switch
    {
        400 or 422 => RefusalReason.RequestInvalid,
        401 => RefusalReason.CallerUnknown,
        403 => RefusalReason.CallerModelForbidden,
        404 => RefusalReason.ModelNotFound,
        413 => RefusalReason.TooLarge,
        429 or 503 => RefusalReason.Overloaded,
        _ => RefusalReason.InternalError,
    };
}
