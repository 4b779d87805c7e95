using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Processes;

/// <summary>A pod and its key broker as processes, each with the environment that a rendered pod has, on loopback addresses of their own.</summary>
internal sealed class TestPod : IAsyncDisposable
{
    private const string Callers = "kbs:///clinic/triage-notes-callers/v1";
    private static int s_pods;

    private readonly TemporaryFolder _folder = new();
    private readonly OwnerKey _owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
    private readonly string _address;
    private readonly string _brokerAddress;
    private SealResult? _sealed;
    private GuestApi? _guestApi;
    private ProductProcess? _broker;
    private ProductProcess? _inference;
    private ProductProcess? _sidecar;
    private InitDataDocument? _initData;

    private TestPod()
    {
        int pod = Interlocked.Add(ref s_pods, 2);
        string network = $"127.{64 + (Environment.ProcessId / 250 % 64)}.{1 + (Environment.ProcessId % 250)}";
        (_address, _brokerAddress) = ($"{network}.{pod}", $"{network}.{pod + 1}");
        CallerKey = Protocol.Access.CallerKey.Generate();
    }

    public string CallerKey { get; }

    public HttpClient Client { get; private set; } = new();

    public ProductProcess Sidecar => _sidecar!;

    private string BrokerUrl => $"https://{_brokerAddress}:8443";

    public static async Task<TestPod> StartAsync()
    {
        var pod = new TestPod();
        try
        {
            await pod.SealAsync();
            await pod.StartBrokerAsync();
            await pod.PutPolicyAsync(version: 1);
            await pod.StoreAsync();
            pod._guestApi = await GuestApi.StartAsync(new SoftwareGuest(TestHardware.Chip, LaunchInputs.Development, pod._initData), IPAddress.Loopback, 0,
                TestContext.Current.CancellationToken);
            pod.StartInference();
            pod.StartSidecar();
            pod.Client = new HttpClient { BaseAddress = new Uri($"http://{pod._address}:8080") };
            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    public Task<SidecarStatus> WaitAsync(Func<SidecarStatus, bool> holds, string what) => Eventually.GetAsync(
        async () => await StatusAsync() ?? new SidecarStatus { Phase = SidecarPhase.Starting, Message = _sidecar!.Output + _inference!.Output }, holds, what);

    public async Task RestartInferenceAsync()
    {
        await _inference!.DisposeAsync();
        StartInference();
    }

    public async Task PutPolicyAsync(long version, params ByteString[] measurements)
    {
        TrustPolicy policy = SamplePolicy.Make(TimeProvider.System.GetUtcNow().AddDays(1), _initData!.Sha256, _sealed!.ManifestDigest!, version);
        policy = measurements.Length == 0 ? policy : policy with { Snp = SamplePolicy.Snp(measurements) };
        using HttpClient client = BrokerClient();
        HttpResponseMessage response = await client.PutAsync("/v1/tenants/clinic/policies/triage-notes", new ByteArrayContent(policy.Sign(_owner).ToJson()),
            TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (ProductProcess? process in (ProductProcess?[])[_sidecar, _inference, _broker])
        {
            await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        await (_guestApi?.DisposeAsync() ?? ValueTask.CompletedTask);
        _owner.Dispose();
        _folder.Dispose();
    }

    private async Task<SidecarStatus?> StatusAsync()
    {
        try
        {
            byte[] body = await Client.GetByteArrayAsync("/v1/status", TestContext.Current.CancellationToken);
            return Contract.TryRead(body, out SidecarStatus? status, out _) ? status : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task SealAsync()
    {
        Directory.CreateDirectory(_folder["plain"]);
        File.Copy(Path.Combine(Repository.Root, "tests", "Models", "Wdbc", "wdbc.onnx"), _folder["plain/model.onnx"]);
        using SecretKey key = SecretKey.Generate(32);
        await File.WriteAllBytesAsync(_folder["model.key"], key.Span.ToArray(), TestContext.Current.CancellationToken);
        Assert.True(KbsResourceUri.TryParse(RunningSidecar.ModelKey, out KbsResourceUri? uri));
        var plan = new SealPlan { Model = SealedModel.Name, Version = 3, KeyId = uri, Owners = [_owner.PublicKey] };
        _sealed = await SealedModelWriter.WriteAsync(_folder["plain"], _folder["sealed"], plan, key, [_owner], TestContext.Current.CancellationToken);
        Assert.True(_sealed.Accepted);
        string binding = $$"""
            {"access":"keys","format":"confidential-operator.dev/model-binding/v1","manifestDigest":"sha256:{{_sealed.ManifestDigest}}","model":"{{SealedModel.Name}}","resources":["{{RunningSidecar.ModelKey}}","{{Callers}}"],"tenant":"clinic"}
            """;
        _initData = InitDataDocument.Create(new Dictionary<string, string> { ["model.json"] = binding + "\n" });
        await File.WriteAllTextAsync(_folder["initdata.toml"], _initData.Text, TestContext.Current.CancellationToken);
    }

    private async Task StartBrokerAsync()
    {
        await using (ProductProcess init = ProductProcess.Start("KeyBroker", ["init", _folder["broker"], "--host", _brokerAddress, "--urls", BrokerUrl]))
        {
            Assert.True(await init.ExitAsync() == 0, init.Output);
        }

        Directory.CreateDirectory(_folder["broker/tenants/clinic/owners"]);
        await File.WriteAllTextAsync(_folder["broker/tenants/clinic/owners/owner.pem"], _owner.PublicKey.ToPem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["root.pem"], TestHardware.RootPem, TestContext.Current.CancellationToken);
        _broker = ProductProcess.Start("KeyBroker", ["--config", _folder["broker/broker.json"]], ("KeyBroker__Snp__DevelopmentRoots__0", _folder["root.pem"]));
        using HttpClient client = BrokerClient();
        await Eventually.GetAsync(async () =>
        {
            try
            {
                return (await client.GetAsync("/readyz", TestContext.Current.CancellationToken)).IsSuccessStatusCode ? "" : "not ready";
            }
            catch (HttpRequestException)
            {
                return "away: " + _broker.Output;
            }
        }, text => text.Length == 0, "the broker");
    }

    private async Task StoreAsync()
    {
        Assert.True(Protocol.Access.CallerKey.TryHash(CallerKey, out ByteString? hash));
        DateTimeOffset end = TimeProvider.System.GetUtcNow().AddDays(1);
        byte[] list = new CallerList { Tenant = "clinic", Version = 1, Callers = [new Caller("ward", hash, [SealedModel.Name], 4, end)] }.Sign(_owner).ToJson();
        using HttpClient client = BrokerClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer",
            OwnerTokenText.Create(_owner, "clinic", TimeProvider.System.GetUtcNow().AddMinutes(5)));
        foreach ((string path, byte[] value) in ((string, byte[])[])[("clinic/triage-notes/v3", await File.ReadAllBytesAsync(_folder["model.key"])),
            ("clinic/triage-notes-callers/v1", list)])
        {
            HttpResponseMessage response = await client.PostAsync("/kbs/v0/resource/" + path, new ByteArrayContent(value), TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    private HttpClient BrokerClient()
    {
        var handler = new SocketsHttpHandler();
        using X509Certificate2 expected = X509CertificateLoader.LoadCertificateFromFile(_folder["broker/tls.crt"]);
        string thumbprint = expected.Thumbprint;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => (certificate as X509Certificate2)?.Thumbprint == thumbprint;
        return new HttpClient(handler) { BaseAddress = new Uri(BrokerUrl) };
    }

    private void StartInference()
    {
        Directory.CreateDirectory(_folder["run"]);
        Directory.CreateDirectory(_folder["model"]);
        _inference = ProductProcess.Start("Inference", [],
            ("Inference__RuntimeDirectory", _folder["run"]), ("Inference__ModelDirectory", _folder["model"]), ("Inference__Model__Name", SealedModel.Name),
            ("Inference__Model__Task", "tensor"), ("Inference__Model__ManifestDigest", $"sha256:{_sealed!.ManifestDigest}"),
            ("Inference__Access__Mode", "keys"), ("Inference__MaxConcurrentRequests", "64"), ("Inference__Padding", "bucket"));
    }

    private void StartSidecar() => _sidecar = ProductProcess.Start("Sidecar", [],
        ("Sidecar__ListenAddress", _address), ("Sidecar__Replica", "triage-notes-7c9f/uid-1"), ("Sidecar__HttpsPort", "8443"), ("Sidecar__HttpPort", "8080"),
        ("Sidecar__MetricsPort", "9090"), ("Sidecar__RuntimeDirectory", _folder["run"]), ("Sidecar__ModelDirectory", _folder["model"]),
        ("Sidecar__InitDataPath", _folder["initdata.toml"]), ("Sidecar__Model__Name", SealedModel.Name), ("Sidecar__Model__Uri", "file://" + _folder["sealed"]),
        ("Sidecar__Model__ManifestDigest", $"sha256:{_sealed!.ManifestDigest}"), ("Sidecar__Tee", "snp"), ("Sidecar__KeyBroker__Url", BrokerUrl),
        ("Sidecar__KeyBroker__CaPath", _folder["broker/tls.crt"]), ("Sidecar__Resources__ModelKey", RunningSidecar.ModelKey),
        ("Sidecar__Resources__Callers", Callers), ("Sidecar__Tenant", "clinic"), ("Sidecar__ReattestInterval", "01:00:00"),
        ("Sidecar__Evidence__GuestApiUrl", _guestApi!.Address.ToString()), ("ASPNETCORE_HTTP_PORTS", "8080"));
}
