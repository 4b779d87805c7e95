using System.Net;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Sidecar.Setup;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>The real program with everything around it: Kestrel on free ports, Inference's sockets, a broker, a guest API and a sealed model.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    public const string ModelKey = "kbs:///clinic/triage-notes/v3";

    private readonly Dictionary<string, string?> _settings = [];
    private WebApplication? _application;

    private RunningSidecar(SealedModel model, TemporaryFolder folder)
    {
        (Model, Folder) = (model, folder);
        Inference = new FakeInference(folder["run"], model.Key);
        Broker = new TestBroker(model.Key);
        InitData = InitDataDocument.Create(new Dictionary<string, string> { ["aa.toml"] = "[token_configs]\n" });
        Guest = new SoftwareGuest(TestHardware.Chip, LaunchInputs.Development, InitData);
    }

    public TemporaryFolder Folder { get; }

    public SealedModel Model { get; }

    public FakeInference Inference { get; }

    public TestBroker Broker { get; }

    public InitDataDocument InitData { get; }

    public SoftwareGuest Guest { get; }

    public GuestApi? GuestApi { get; set; }

    public TestClock Clock { get; } = new();

    public HttpClient Client { get; private set; } = new();

    public IServiceProvider Services => _application!.Services;

    public ListenPorts Ports => Services.GetRequiredService<ListenPorts>();

    public static async Task<RunningSidecar> PrepareAsync(params (string Name, string Value)[] settings)
    {
        var folder = new TemporaryFolder();
        var sidecar = new RunningSidecar(await SealedModel.WriteAsync(folder.Path), folder);
        await File.WriteAllTextAsync(folder["initdata.toml"], sidecar.InitData.Text);
        await File.WriteAllTextAsync(folder["ca.crt"], sidecar.Broker.CaPem);
        sidecar.GuestApi = await GuestApi.StartAsync(sidecar.Guest, IPAddress.Loopback, 0, TestContext.Current.CancellationToken);
        await sidecar.Broker.StartAsync();
        await sidecar.Inference.StartAsync();
        sidecar.SetDefaults();
        foreach ((string name, string value) in settings)
        {
            sidecar.Set(name, value);
        }

        return sidecar;
    }

    public static async Task<RunningSidecar> StartAsync(params (string Name, string Value)[] settings)
    {
        RunningSidecar sidecar = await PrepareAsync(settings);
        await sidecar.StartAsync();
        return sidecar;
    }

    public static async Task<RunningSidecar> StartReadyAsync(params (string Name, string Value)[] settings)
    {
        RunningSidecar sidecar = await StartAsync(settings);
        await sidecar.WaitAsync(SidecarPhase.Ready);
        return sidecar;
    }

    public void Set(string name, string value) => _settings["Sidecar:" + name] = value;

    public async Task StartAsync()
    {
        _application = SidecarApplication.Create(builder =>
        {
            ((IConfigurationBuilder)builder.Configuration).Add(
                new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = _settings });
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        });
        await _application.StartAsync(TestContext.Current.CancellationToken);
        Client = new HttpClient { BaseAddress = new Uri($"http://{Ports.Http}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public async Task<SidecarStatus> StatusAsync()
    {
        byte[] body = await Client.GetByteArrayAsync("/v1/status", TestContext.Current.CancellationToken);
        Assert.True(Contract.TryRead(body, out SidecarStatus? status, out _));
        return status;
    }

    public Task<SidecarStatus> WaitAsync(SidecarPhase phase, string? reason = null) =>
        Eventually.GetAsync(StatusAsync, status => status.Phase == phase && (reason is null || status.Reason == reason), $"{phase} {reason}");

    public Task<SidecarStatus> WaitRefusedAsync(string reason) => WaitAsync(SidecarPhase.Refused, reason);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_application is not null)
        {
            using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await _application.StopAsync(now.Token);
            await _application.DisposeAsync();
        }

        await Inference.DisposeAsync();
        await Broker.DisposeAsync();
        if (GuestApi is not null)
        {
            await GuestApi.DisposeAsync();
        }

        Folder.Dispose();
    }

    private void SetDefaults()
    {
        Set("ListenAddress", "127.0.0.1");
        Set("Replica", "triage-notes-0/uid-1");
        Set("HttpPort", "0");
        Set("HttpsPort", "0");
        Set("MetricsPort", "0");
        Set("RuntimeDirectory", Folder["run"]);
        Set("ModelDirectory", Folder["model"]);
        Set("InitDataPath", Folder["initdata.toml"]);
        Set("Model:Name", SealedModel.Name);
        Set("Model:Uri", "file://" + Model.Folder);
        Set("Model:ManifestDigest", Model.Digest);
        Set("Tee", "snp");
        Set("KeyBroker:Url", Broker.Address.ToString());
        Set("KeyBroker:CaPath", Folder["ca.crt"]);
        Set("KeyBroker:RetryDelay", "00:00:00.050");
        Set("KeyBroker:LongestRetryDelay", "00:00:00.200");
        Set("Resources:ModelKey", ModelKey);
        Set("Resources:Callers", "kbs:///clinic/callers/v1");
        Set("Tenant", "clinic");
        Set("Evidence:GuestApiUrl", GuestApi!.Address.ToString());
    }
}
