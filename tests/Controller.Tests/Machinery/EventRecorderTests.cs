using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer;
using ConfidentialOperator.ApiServer.Faults;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Tests.Fixtures;
using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace ConfidentialOperator.Controller.Tests.Machinery;

public sealed class EventRecorderTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private KubernetesApi _api = null!;
    private ApiConnection _connection = null!;
    private EventRecorder _recorder = null!;
    private Task _run = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _api = await KubernetesApi.StartAsync(new KubernetesApiOptions(), TestContext.Current.CancellationToken);
        _connection = new ApiConnection(ApiConnection.Configure(_api.KubeconfigPath));
        _recorder = new EventRecorder(
            new ApiClient(_connection, Instruments.Make(), TimeSpan.FromSeconds(5), TimeProvider.System), "instance", Instruments.Make(), NullLogger.Instance, TimeProvider.System);
        _run = _recorder.RunAsync(_stop.Token);
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
    public async Task EventsAreWrittenInOrder()
    {
        RefusalReason[] reasons = [RefusalReason.RollingOut, RefusalReason.AwaitingAttestation, RefusalReason.KeyReleased, RefusalReason.Serving];
        foreach (RefusalReason reason in reasons) _recorder.Record(Note(reason));
        await Eventually.IsTrue(() => Events().Count == 4);
        Assert.Equal(reasons.Select(reason => reason.ToString()), Events().Select(item => (string)item["reason"]!));
        JsonObject first = Events()[0];
        Assert.Equal("ConfidentialModel", (string?)first["involvedObject"]!["kind"]);
        Assert.Equal("uid", (string?)first["involvedObject"]!["uid"]);
        Assert.Equal("Normal", (string?)first["type"]);
        Assert.Equal("confidential-operator", (string?)first["source"]!["component"]);
    }

    [Fact]
    public async Task TheSameEventRaisesTheCount()
    {
        for (int index = 0; index < 3; index++) _recorder.Record(Note(RefusalReason.InitDataNotAccepted, warning: true));
        await Eventually.IsTrue(() => Events() is [JsonObject only] && (int?)only["count"] == 3);
        Assert.Equal("Warning", (string?)Events()[0]["type"]);
    }

    [Fact]
    public async Task FaultsAreTriedAgainInOrder()
    {
        _api.Faults.Add(new Fault { Verb = "create", Resource = "events", Status = 429, RetryAfterSeconds = 0 }, 2);
        _api.Faults.Add(new Fault { Verb = "create", Resource = "events", Status = 500 });
        _recorder.Record(Note(RefusalReason.RollingOut));
        _recorder.Record(Note(RefusalReason.Serving));
        await Eventually.IsTrue(() => Events().Count == 2);
        Assert.Equal(["RollingOut", "Serving"], Events().Select(item => (string)item["reason"]!));
    }

    [Fact]
    public async Task OneObjectCannotFloodTheServer()
    {
        for (int index = 0; index < 40; index++) _recorder.Record(Note(RefusalReason.RollingOut) with { Message = "Number " + index });
        _recorder.Record(Note(RefusalReason.Serving) with { Uid = "another" });
        await Eventually.IsTrue(() => Events().Any(item => (string?)item["reason"] == "Serving"));
        Assert.Equal(26, Events().Count);
    }

    private static EventNote Note(RefusalReason reason, bool warning = false) => new(new ObjectKey("default", "model"), "uid", warning, reason, "A sentence.");

    private IReadOnlyList<JsonObject> Events() => _api.Store.List("events", "default");
}
