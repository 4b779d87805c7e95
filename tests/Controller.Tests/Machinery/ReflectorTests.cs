using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.ApiServer.Faults;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Controller.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConfidentialOperator.Controller.Tests.Machinery;

/// <summary>A cache stays true whatever happens to the watch.</summary>
public sealed class ReflectorTests : IAsyncLifetime
{
    private const string Resource = "configmaps";
    private readonly ResourceCache<NamedObject> _cache = new();
    private readonly CancellationTokenSource _stop = new();
    private KubernetesApi _api = null!;
    private ApiConnection _connection = null!;
    private Reflector<NamedObject> _reflector = null!;
    private Task _run = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _api = await KubernetesApi.StartAsync(
            new KubernetesApiOptions { BookmarkInterval = TimeSpan.FromMilliseconds(50) }, TestContext.Current.CancellationToken);
        _connection = new ApiConnection(ApiConnection.Configure(_api.KubeconfigPath));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _connection.Dispose();
        await _api.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task AListComesInPages()
    {
        for (int index = 0; index < 1100; index++) Make($"map-{index}");
        await Run();
        Assert.Equal(1100, _cache.Count);
        Assert.Equal(3, _api.Requests.Count("list", Resource));
    }

    [Fact]
    public async Task ChangesArrive()
    {
        await Run();
        Make("one");
        await Eventually.IsTrue(() => Has("one"));
        _api.Store.Delete(Resource, "default", "one");
        await Eventually.IsTrue(() => !Has("one"));
        Assert.Equal(1, _api.Requests.Count("list", Resource));
    }

    [Fact]
    public async Task AfterADroppedWatchNothingIsListedAnew()
    {
        await Run();
        Make("one");
        await Eventually.IsTrue(() => Has("one"));
        _api.Faults.DropWatches(Resource);
        Make("two");
        await Eventually.IsTrue(() => Has("two"));
        Assert.Equal(1, _api.Requests.Count("list", Resource));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AForgottenVersionMeansANewListAndVanishedObjectsAreTold(bool inStream)
    {
        Make("gone");
        await Run();
        List<string> told = [];
        _cache.Changed += (before, now) => told.Add(now is null ? "-" + before!.Key.Name : "+" + now.Key.Name);
        if (inStream) _api.Faults.Expire(Resource);
        else _api.Faults.Fail(410, 1, "watch", Resource);
        _api.Faults.GoAway();
        _api.Store.Delete(Resource, "default", "gone");
        Make("new");
        _api.Faults.ComeBack();
        await Eventually.IsTrue(() => Has("new") && !Has("gone"));
        Assert.Equal(2, _api.Requests.Count("list", Resource));
        Assert.Equal(["+new", "-gone"], told.Order());
    }

    [Fact]
    public async Task ARealCompactionMeansANewList()
    {
        await Run();
        _api.Faults.GoAway();
        Make("one");
        _api.Store.Compact();
        _api.Faults.ComeBack();
        await Eventually.IsTrue(() => Has("one"));
    }

    [Fact]
    public async Task BookmarksKeepAQuietWatchFromForgetting()
    {
        await Run();
        for (int index = 0; index < 20; index++)
        {
            _api.Store.Apply(new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject { ["name"] = "s" + index, ["namespace"] = "default" },
            });
        }

        int watches = _api.Requests.Count("watch", Resource);
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        _api.Store.Compact();
        _api.Faults.DropWatches(Resource);
        await Eventually.IsTrue(() => _api.Requests.Count("watch", Resource) > watches);
        Make("one");
        await Eventually.IsTrue(() => Has("one"));
        Assert.Equal(1, _api.Requests.Count("list", Resource));
    }

    [Theory]
    [InlineData("list", 500)]
    [InlineData("list", 429)]
    [InlineData("list", 503)]
    [InlineData("watch", 500)]
    [InlineData("watch", 429)]
    public async Task FaultsAreTriedAgain(string verb, int status)
    {
        _api.Faults.Add(new Fault { Verb = verb, Resource = Resource, Status = status, RetryAfterSeconds = 0 }, 3);
        Make("one");
        await Run();
        Make("two");
        await Eventually.IsTrue(() => Has("one") && Has("two"));
        Assert.Equal(0, _api.Faults.Pending);
    }

    [Fact]
    public async Task ACutConnectionIsTriedAgain()
    {
        _api.Faults.Add(new Fault { Verb = "watch", Resource = Resource, Disconnect = true }, 2);
        await Run();
        Make("one");
        await Eventually.IsTrue(() => Has("one"));
    }

    [Fact]
    public async Task AnObjectThatCannotBeReadIsLeftOut()
    {
        await Run(item => item.KeyOf().Name == "bad" ? throw new JsonException("broken") : NamedObject.Read(item));
        Make("bad");
        Make("good");
        await Eventually.IsTrue(() => Has("good"));
        Assert.False(Has("bad"));
        Assert.Equal(1, _api.Requests.Count("list", Resource));
    }

    [Fact]
    public async Task AServerThatEndsEveryWatchAtOnceIsAskedForAList()
    {
        await Run();
        int lists = _api.Requests.Count("list", Resource);
        for (int round = 0; round < 40 && _api.Requests.Count("list", Resource) == lists; round++)
        {
            int watches = _api.Requests.Count("watch", Resource);
            _api.Faults.DropWatches(Resource);
            await Eventually.IsTrue(() => _api.Requests.Count("watch", Resource) > watches || _api.Requests.Count("list", Resource) > lists);
        }

        Assert.True(_api.Requests.Count("list", Resource) > lists);
    }

    private async Task Run(Func<JsonElement, NamedObject>? project = null)
    {
        ApiClient client = new(_connection, Instruments.Make(), TimeSpan.FromSeconds(10), TimeProvider.System);
        ReflectorTiming timing = new() { Retry = new Backoff(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(100)) };
        _reflector = new Reflector<NamedObject>(
            client, ResourceType.ConfigMaps, new ListScope("default"), _cache, project ?? NamedObject.Read, timing, Instruments.Make(),
            NullLogger.Instance, TimeProvider.System);
        _run = _reflector.RunAsync(_stop.Token);
        await _reflector.Synced.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await Eventually.IsTrue(() => _api.Requests.Count("watch", Resource) > 0);
    }

    private bool Has(string name) => _cache.Find(new ObjectKey("default", name)) is not null;

    private void Make(string name) => _api.Store.Create(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
    });
}
