using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>
/// Keeps a cache as the API server has it: one list in pages, then a watch from the list's version for ever. A watch that ends is opened again
/// from the last version seen; a version that the server has forgotten means a new list; everything else is tried again with back-off.
/// </summary>
internal sealed class Reflector<T>(
    ApiClient api, ResourceType type, ListScope scope, ResourceCache<T> cache, Func<JsonElement, T> project, ReflectorTiming timing,
    Telemetry telemetry, ILogger logger, TimeProvider time)
    where T : class, ICached
{
    private const int PageSize = 500;
    private const int InstantEnds = 3;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _version;
    private int _failures;
    private int _instantEnds;

    /// <summary>Gets a task that ends when the first list is in the cache.</summary>
    public Task Synced => _synced.Task;

    /// <summary>Gets the last thing that went wrong; null while all is well.</summary>
    public Exception? Problem { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _version ??= await ListAsync(cancellationToken).ConfigureAwait(false);
                Problem = null;
                _synced.TrySetResult();
                await WatchAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException gone) when (gone.IsGone)
            {
                // Twice in a row means that the server is at odds with itself, which gets worse by hurrying.
                logger.VersionForgotten(type.Plural);
                bool again = _version is null;
                _version = null;
                await PauseAsync(again ? null : TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // Credentials can fail in ways of their own; a cache that stops without a word would be worse than any of them.
                Problem = exception;
                logger.WatchFailed(type.Plural, exception.Message);
                await PauseAsync((exception as ApiException)?.RetryAfter, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task PauseAsync(TimeSpan? wanted, CancellationToken cancellationToken)
    {
        telemetry.WatchInterrupted(type.Plural);
        TimeSpan pause = wanted ?? timing.Retry.After(++_failures);
        try
        {
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        List<T> items = [];
        string continuation = "";
        JsonElement page;
        do
        {
            page = await api.ListAsync(type, scope, PageSize, continuation, cancellationToken).ConfigureAwait(false);
            items.AddRange(page.Items("items").Select(TryProject).OfType<T>());
            continuation = page.Metadata().TryText("continue") ?? "";
        }
        while (continuation.Length > 0);

        string version = page.Metadata().Text("resourceVersion");
        cache.Replace(scope, items, long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue);
        return version;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        TimeSpan duration = timing.ShortestWatch + TimeSpan.FromSeconds(RandomNumberGenerator.GetInt32((int)timing.ShortestWatch.TotalSeconds + 1));
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(duration + timing.WatchGrace);
        long start = time.GetTimestamp();
        bool heard = false;
        using HttpResponseMessage response = await api.WatchAsync(type, scope, _version!, duration, limit.Token).ConfigureAwait(false);
        using Stream stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        await foreach (JsonElement change in WatchStream.ReadAsync(stream, limit.Token).ConfigureAwait(false))
        {
            heard = true;
            _failures = 0;
            Take(change);
        }

        // The end of a watch is no fault, but a server that ends each at once wants a new list although it does not say so.
        _instantEnds = heard || time.GetElapsedTime(start) > TimeSpan.FromSeconds(1) ? 0 : _instantEnds + 1;
        if (_instantEnds >= InstantEnds)
        {
            _instantEnds = 0;
            throw new ApiException(410, "Expired");
        }
    }

    private void Take(JsonElement change)
    {
        JsonElement item = change.Member("object") ?? throw new JsonException("The event has no object.");
        string kind = change.Text("type");
        if (kind == "ERROR")
        {
            throw ApiException.Of(500, item, item.Member("details")?.TryNumber("retryAfterSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        }

        if (kind != "BOOKMARK" && TryProject(item) is { } projected)
        {
            if (kind == "DELETED")
            {
                cache.Remove(projected);
            }
            else
            {
                cache.Observe(projected);
            }
        }

        _version = item.Metadata().TryText("resourceVersion") ?? _version;
    }

    // One object that cannot be read must not end the news of all others.
    private T? TryProject(JsonElement item)
    {
        try
        {
            return project(item);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            logger.ObjectUnreadable(type.Plural);
            telemetry.Unreadable(type.Plural);
            return null;
        }
    }
}
