using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tests.Http;

public sealed class WatchTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watch_shows_what_is_there_and_what_changes()
    {
        string space = Space("watch-all");
        fixture.Api.Store.Create(Samples.ConfigMap("a", space));
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, $"/api/v1/namespaces/{space}/configmaps?watch=true");
        Assert.Equal(("ADDED", "a"), await watch.NextAsync());
        fixture.Api.Store.Create(Samples.ConfigMap("b", space));
        Assert.Equal(("ADDED", "b"), await watch.NextAsync());
        fixture.Api.Store.Modify("cm", space, "a", item => item["data"] = new JsonObject { ["x"] = "y" });
        Assert.Equal(("MODIFIED", "a"), await watch.NextAsync());
        fixture.Api.Store.Delete("cm", space, "a");
        Assert.Equal(("DELETED", "a"), await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_goes_on_from_a_version()
    {
        string space = Space("watch-from");
        JsonObject first = fixture.Api.Store.Create(Samples.ConfigMap("a", space));
        fixture.Api.Store.Create(Samples.ConfigMap("b", space));
        string version = first.Text("metadata", "resourceVersion")!;
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, $"/api/v1/namespaces/{space}/configmaps?watch=true&resourceVersion={version}");
        Assert.Equal(("ADDED", "b"), await watch.NextAsync());
    }

    [Fact]
    public async Task Objects_enter_and_leave_a_selection()
    {
        string space = Space("watch-select");
        fixture.Api.Store.Create(Samples.ConfigMap("a", space));
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, $"/api/v1/namespaces/{space}/configmaps?watch=true&labelSelector=in%3Dyes");
        Label("yes");
        Assert.Equal(("ADDED", "a"), await watch.NextAsync());
        Label("no");
        Assert.Equal(("DELETED", "a"), await watch.NextAsync());

        void Label(string value) => fixture.Api.Store.Modify("cm", space, "a", item => item.Metadata()["labels"] = new JsonObject { ["in"] = value });
    }

    [Fact]
    public async Task A_forgotten_version_is_gone()
    {
        string space = Space("watch-old");
        string version = fixture.Api.Store.Create(Samples.ConfigMap("a", space)).Text("metadata", "resourceVersion")!;
        fixture.Api.Store.Create(Samples.ConfigMap("b", space));
        fixture.Api.Store.Compact();
        await using WatchReader watch = await WatchReader.OpenAsync(fixture, $"/api/v1/namespaces/{space}/configmaps?watch=true&resourceVersion={version}");
        JsonObject error = (await watch.ReadAsync())!;
        Assert.Equal(("ERROR", "Expired", 410L), (error.Text("type")!, error.Text("object", "reason")!, error.Integer("object", "code")!.Value));
        Assert.Null(await watch.ReadAsync());
    }

    [Fact]
    public async Task Time_limits_end_a_watch_with_a_bookmark()
    {
        string space = Space("watch-limit");
        await using WatchReader watch = await WatchReader.OpenAsync(
            fixture, $"/api/v1/namespaces/{space}/configmaps?watch=true&timeoutSeconds=1&allowWatchBookmarks=true");
        JsonObject bookmark = (await watch.ReadAsync())!;
        Assert.Equal("BOOKMARK", bookmark.Text("type"));
        Assert.Equal("ConfigMap", bookmark.Text("object", "kind"));
        Assert.NotNull(bookmark.Text("object", "metadata", "resourceVersion"));
        Assert.Null(await watch.ReadAsync());
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark()
    {
        string space = Space("watch-initial");
        fixture.Api.Store.Create(Samples.ConfigMap("a", space));
        await using WatchReader watch = await WatchReader.OpenAsync(
            fixture, $"/api/v1/namespaces/{space}/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
        Assert.Equal(("ADDED", "a"), await watch.NextAsync());
        JsonObject bookmark = (await watch.ReadAsync())!;
        Assert.Equal("true", bookmark.Text("object", "metadata", "annotations", "k8s.io/initial-events-end"));
    }

    [Fact]
    public async Task In_process_watches_see_the_same()
    {
        string space = Space("watch-inside");
        await using IAsyncEnumerator<ConfidentialOperator.ApiServer.Storage.WatchEvent> events =
            fixture.Api.Store.WatchAsync("configmaps", space, Token).GetAsyncEnumerator(Token);
        fixture.Api.Store.Create(Samples.ConfigMap("a", space));
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("ADDED", events.Current.Type);
        Assert.Equal("a", events.Current.Item.Name());
    }

    private string Space(string name)
    {
        fixture.Api.CreateNamespace(name);
        return name;
    }
}
