using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Discovery;
using ConfidentialOperator.ApiServer.Faults;
using ConfidentialOperator.ApiServer.Garbage;
using ConfidentialOperator.ApiServer.Http;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.OpenApi;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Tables;
using ConfidentialOperator.ApiServer.Writes;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ConfidentialOperator.ApiServer;

/// <summary>A Kubernetes API server in this process, over TLS, for tests and for the Lab.</summary>
public sealed class KubernetesApi : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly KubernetesApiOptions _options;
    private readonly ObjectDatabase _database;
    private readonly ObjectWriter _writer;
    private readonly ObjectRemover _remover;
    private readonly GarbageCollector _garbage;
    private readonly Credentials _credentials;
    private readonly WebApplication _application;
    private string? _temporaryFolder;

    private KubernetesApi(KubernetesApiOptions options)
    {
        _options = options;
        _database = new ObjectDatabase(options.Time, options.HistoryLimit) { ServiceNetwork = options.ServiceNetwork };
        _ = new CustomKinds(_database);
        _writer = new ObjectWriter(_database);
        _remover = new ObjectRemover(_database);
        _garbage = new GarbageCollector(_database, _writer, _remover);
        _credentials = new Credentials(options.ListenAddress, options.Time);
        Store = new Store(_database, _writer, _remover);
        Faults = new FaultPlan(_database);
        _application = Build();
    }

    /// <summary>Gets the address of the server.</summary>
    public Uri Address { get; private set; } = new("https://127.0.0.1");

    /// <summary>Gets the path of the kubeconfig.</summary>
    public string KubeconfigPath { get; private set; } = "";

    /// <summary>Gets the bearer token that may do everything.</summary>
    public string Token => _credentials.Token;

    /// <summary>Gets the certificate of the server's authority.</summary>
    public string AuthorityPem => _credentials.AuthorityPem;

    /// <summary>Gets the content, for use in process.</summary>
    public Store Store { get; }

    /// <summary>Gets the log of HTTP requests.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>Gets the faults on demand.</summary>
    public FaultPlan Faults { get; }

    /// <summary>Starts a server with the namespaces that every cluster has.</summary>
    public static async Task<KubernetesApi> StartAsync(KubernetesApiOptions options, CancellationToken cancellationToken)
    {
        KubernetesApi api = new(options);
        foreach (string name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"]) api.CreateNamespace(name);
        await api._application.StartAsync(cancellationToken);
        api.Address = new Uri(api._application.Urls.First());
        api.KubeconfigPath = KubeconfigFile.Write(options.DataFolder ?? api.TemporaryFolder(), api.Address, api._credentials);
        return api;
    }

    /// <summary>Creates a namespace when it is absent.</summary>
    public void CreateNamespace(string name)
    {
        if (Store.Get("namespaces", null, name) is not null) return;
        Store.Create(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name },
        });
    }

    /// <summary>Makes a client that trusts the server and carries its token.</summary>
    public HttpClient CreateClient()
    {
        string thumbprint = _credentials.Server.Thumbprint;
        HttpClientHandler handler = new()
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == thumbprint,
        };
        HttpClient client = new(handler) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        return client;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _database.DropWatches(_ => true);
        await _application.DisposeAsync();
        await _garbage.DisposeAsync();
        _credentials.Dispose();
        _stopping.Dispose();
        if (_temporaryFolder is not null && Directory.Exists(_temporaryFolder)) Directory.Delete(_temporaryFolder, recursive: true);
    }

    private string TemporaryFolder() => _temporaryFolder = Directory.CreateTempSubdirectory("api-server-").FullName;

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 8 * 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(new IPEndPoint(_options.ListenAddress, _options.Port), listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = _credentials.Server;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            }));
        });
        WebApplication application = builder.Build();
        RequestPipeline pipeline = Pipeline();
        application.Run(pipeline.HandleAsync);
        return application;
    }

    private RequestPipeline Pipeline()
    {
        Representations representations = new(new TableMaker(_options.Time));
        ResourceEndpoint resources = new(
            _database,
            new ReadHandler(_database, representations),
            new WatchHandler(_database, representations, _options.BookmarkInterval, _stopping.Token),
            new WriteHandler(_writer, representations),
            new DeleteHandler(_database, _remover, representations),
            new ScaleHandler(_database, _writer),
            new ExtraHandler(_database, _options.PodLogs));
        GeneralEndpoint general = new(new DiscoveryDocuments(_database.Kinds), new OpenApiDocuments(_database.Kinds), _options.Version);
        return new RequestPipeline(_credentials, Requests, Faults, resources, general, _options.Time);
    }
}
