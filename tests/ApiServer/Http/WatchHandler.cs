using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Watches over HTTP: one JSON event per line, bookmarks, time limits; a forgotten version is an ERROR event with 410.</summary>
internal sealed class WatchHandler(ObjectDatabase database, Representations representations, TimeSpan bookmarkInterval, CancellationToken stopping)
{
    public async Task HandleAsync(ResourceKind kind, ApiRequest request)
    {
        using CancellationTokenSource limit = new(Lifetime(request), database.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, request.Aborted, stopping);
        bool initialEvents = request.Flag("sendInitialEvents");
        long? since = initialEvents ? null : Since(request);
        HttpResponse response = request.Context.Response;
        response.ContentType = "application/json";
        WatchStream stream = new(kind, request, representations, response);
        if (since is { } old && database.Forgot(kind, old) is { } expired)
        {
            await stream.ErrorAsync(expired, request.Aborted);
            return;
        }

        (Subscription changes, List<Change> initial, long version) = database.Watch(kind, ReadHandler.SelectionOf(kind, request), since);
        using (changes)
        {
            await response.StartAsync(request.Aborted);
            await response.Body.FlushAsync(request.Aborted);
            foreach (Change change in initial) await stream.SendAsync(change, request.Aborted);
            if (initialEvents) await stream.BookmarkAsync(version, initialEnd: true, request.Aborted);
            await response.Body.FlushAsync(request.Aborted);
            await FollowAsync(request, changes, stream, either.Token);
        }
    }

    private async Task FollowAsync(ApiRequest request, Subscription changes, WatchStream stream, CancellationToken cancellationToken)
    {
        bool bookmarks = request.Flag("allowWatchBookmarks");
        using PeriodicTimer timer = new(bookmarkInterval, database.Time);
        Task<bool> tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        Task<bool> next = changes.Changes.WaitToReadAsync(cancellationToken).AsTask();
        try
        {
            while (true)
            {
                await Task.WhenAny(next, tick);
                if (next.IsCompleted)
                {
                    if (!await next) return;
                    while (changes.Changes.TryRead(out Change? change)) await stream.SendAsync(change, request.Aborted);
                    next = changes.Changes.WaitToReadAsync(cancellationToken).AsTask();
                }
                else
                {
                    await tick;
                    if (bookmarks) await BookmarkAsync(changes, stream, request.Aborted);
                    tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                }

                await request.Context.Response.Body.FlushAsync(request.Aborted);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (bookmarks && !request.Aborted.IsCancellationRequested) await BookmarkAsync(changes, stream, request.Aborted);
        }
    }

    /// <summary>A bookmark is only true while nothing waits to be sent, and while changes still arrive.</summary>
    private async Task BookmarkAsync(Subscription changes, WatchStream stream, CancellationToken cancellationToken)
    {
        long? version = null;
        lock (database.Gate)
        {
            if (!changes.Changes.TryPeek(out _) && !changes.Changes.Completion.IsCompleted) version = database.Version;
        }

        if (version is { } known) await stream.BookmarkAsync(known, initialEnd: false, cancellationToken);
    }

    private long? Since(ApiRequest request)
    {
        string? version = request.Query("resourceVersion");
        if (version is null or "" or "0") return null;
        if (!long.TryParse(version, out long since)) throw ApiErrors.BadRequest($"invalid resource version: {version}");
        return since <= database.Version ? since : throw new ApiStatusException(
            504, "Timeout", $"Timeout: Too large resource version: {since}, current: {database.Version}", new JsonObject { ["retryAfterSeconds"] = 1 });
    }

    private static TimeSpan Lifetime(ApiRequest request) =>
        TimeSpan.FromSeconds(int.TryParse(request.Query("timeoutSeconds"), out int seconds) && seconds > 0 ? seconds : 3600);
}
