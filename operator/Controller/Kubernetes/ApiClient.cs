using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>
/// The requests of the Controller, with plain JSON in and out. It tries each once and gives up after a time limit: who asked decides when
/// to try again, because only the queue knows what else has changed. When the server has too many requests, all of them wait as long as it
/// asks for.
/// </summary>
internal sealed class ApiClient(ApiConnection connection, Telemetry telemetry, TimeSpan timeout, TimeProvider time)
{
    private static readonly TimeSpan s_longestCalm = TimeSpan.FromSeconds(60);
    private long _calmUntil = time.GetTimestamp();

    private const string ApplyType = "application/apply-patch+yaml";
    private const string MergeType = "application/merge-patch+json";

    /// <summary>Reads one object; null when there is none.</summary>
    public async Task<JsonElement?> GetAsync(ResourceType type, ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, type.Path(key.Namespace, key.Name), null, null, cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Reads one page of a collection.</summary>
    public Task<JsonElement> ListAsync(ResourceType type, ListScope scope, int limit, string continuation, CancellationToken cancellationToken)
    {
        string query = $"{scope.Query()}limit={limit.ToString(CultureInfo.InvariantCulture)}";
        string path = $"{type.Path(scope.Namespace)}?{query}{(continuation.Length > 0 ? "&continue=" + Uri.EscapeDataString(continuation) : "")}";
        return SendAsync(HttpMethod.Get, path, null, null, cancellationToken);
    }

    /// <summary>Opens a watch from a version on; the caller reads and disposes the answer.</summary>
    public async Task<HttpResponseMessage> WatchAsync(
        ResourceType type, ListScope scope, string version, TimeSpan duration, CancellationToken cancellationToken)
    {
        string seconds = ((int)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string path = $"{type.Path(scope.Namespace)}?{scope.Query()}watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}"
            + $"&resourceVersion={Uri.EscapeDataString(version)}";
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(connection.Address, path));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        HttpResponseMessage response = await ExchangeAsync(request, limit.Token).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ErrorAsync(response, limit.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Server-side apply.</summary>
    public Task<JsonElement> ApplyAsync(
        ResourceType type, ObjectKey key, JsonObject intent, string manager, string subresource, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Patch, $"{type.Path(key.Namespace, key.Name, subresource)}?fieldManager={manager}&force=true", intent, ApplyType, cancellationToken);

    /// <summary>Changes single members; with a resource version in the metadata only when nobody else was faster.</summary>
    public Task<JsonElement> MergeAsync(ResourceType type, ObjectKey key, JsonObject change, string manager, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"{type.Path(key.Namespace, key.Name)}?fieldManager={manager}", change, MergeType, cancellationToken);

    public Task<JsonElement> CreateAsync(ResourceType type, string space, JsonObject item, string manager, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{type.Path(space)}?fieldManager={manager}", item, "application/json", cancellationToken);

    public Task<JsonElement> ReplaceAsync(ResourceType type, ObjectKey key, JsonObject item, string manager, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"{type.Path(key.Namespace, key.Name)}?fieldManager={manager}", item, "application/json", cancellationToken);

    /// <summary>Deletes exactly this object; one that is gone or has been replaced already is as good.</summary>
    public async Task DeleteAsync(ResourceType type, ObjectKey key, string uid, CancellationToken cancellationToken)
    {
        JsonObject options = new() { ["propagationPolicy"] = "Background", ["preconditions"] = new JsonObject { ["uid"] = uid } };
        try
        {
            await SendAsync(HttpMethod.Delete, type.Path(key.Namespace, key.Name), options, "application/json", cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException gone) when (gone.Status is 404 or 409)
        {
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject? body, string? mediaType, CancellationToken cancellationToken)
    {
        await BeCalmAsync(cancellationToken).ConfigureAwait(false);
        using HttpRequestMessage request = new(method, new Uri(connection.Address, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType!);
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using HttpResponseMessage response = await ExchangeAsync(request, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw await ErrorAsync(response, limit.Token).ConfigureAwait(false);
            }

            byte[] answer = await response.Content.ReadAsByteArrayAsync(limit.Token).ConfigureAwait(false);
            return JsonSerializer.Deserialize<JsonElement>(answer);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The API server did not answer in time.");
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        await connection.AuthenticateAsync(request, cancellationToken).ConfigureAwait(false);
        long start = Stopwatch.GetTimestamp();
        int status = 0;
        try
        {
            HttpResponseMessage response = await connection.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            status = (int)response.StatusCode;
            return response;
        }
        finally
        {
            telemetry.ApiRequest(request.Method.Method, status, Stopwatch.GetElapsedTime(start));
        }
    }

    private async Task BeCalmAsync(CancellationToken cancellationToken)
    {
        long left = Volatile.Read(ref _calmUntil) - time.GetTimestamp();
        if (left > 0)
        {
            await Task.Delay(TimeSpan.FromSeconds((double)left / time.TimestampFrequency), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ApiException> ErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        TimeSpan? retryAfter = response.Headers.RetryAfter?.Delta;
        int status = (int)response.StatusCode;
        if (status == 429 && retryAfter is { } calm)
        {
            TimeSpan bounded = calm < s_longestCalm ? calm : s_longestCalm;
            Volatile.Write(ref _calmUntil, time.GetTimestamp() + (long)(bounded.TotalSeconds * time.TimestampFrequency));
        }

        try
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return ApiException.Of(status, JsonSerializer.Deserialize<JsonElement>(body), retryAfter);
        }
        catch (Exception broken) when (broken is JsonException or HttpRequestException or IOException)
        {
            return new ApiException(status, "Unknown", retryAfter);
        }
    }
}
