using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.KeyBroker.Setup;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ConfidentialOperator.KeyBroker.Tests.Running;

/// <summary>A real broker: Kestrel with TLS on a free port, SQLite in a temporary folder, files made by <c>init</c>.</summary>
internal sealed class RunningBroker : IAsyncDisposable
{
    public const string Tenant = "clinic";
    private readonly Dictionary<string, string?> _settings;
    private WebApplication? _application;

    private RunningBroker(Dictionary<string, string?> settings)
    {
        _settings = settings;
        Clock = new TestClock(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()));
        InitCommand.Run(Folder.Path, ["127.0.0.1"], "https://127.0.0.1:0", Clock, TextWriter.Null);
        File.WriteAllText(Folder["development-root.pem"], TestEvidence.Pki.RootPem);
        _settings.TryAdd("KeyBroker:Snp:DevelopmentRoots:0", "development-root.pem");
        Directory.CreateDirectory(Folder["tenants/clinic/owners"]);
        File.WriteAllText(Folder["tenants/clinic/owners/first.pem"], Owner.Key.ExportSubjectPublicKeyInfoPem());
    }

    public TemporaryFolder Folder { get; } = new();

    public TestClock Clock { get; }

    public Owner Owner { get; } = new();

    public Uri Address { get; private set; } = new("https://127.0.0.1");

    public IServiceProvider Services => _application!.Services;

    public static async Task<RunningBroker> StartAsync(params (string Name, string Value)[] settings)
    {
        var broker = new RunningBroker(settings.ToDictionary(setting => "KeyBroker:" + setting.Name, setting => (string?)setting.Value));
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync()
    {
        await StopAsync();
        _application = await BrokerApplication.CreateAsync(Folder["broker.json"], builder =>
        {
            ((Microsoft.Extensions.Configuration.IConfigurationBuilder)builder.Configuration).Add(
                new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = _settings });
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        }, TestContext.Current.CancellationToken);
        await _application.StartAsync(TestContext.Current.CancellationToken);
        Address = new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task StopAsync()
    {
        if (_application is not null)
        {
            await _application.StopAsync(CancellationToken.None);
            await _application.DisposeAsync();
            _application = null;
        }
    }

    /// <summary>A client with its own cookies that trusts this broker's certificate and no other.</summary>
    public HttpClient Client(bool owner = false, CookieContainer? cookies = null)
    {
        using X509Certificate2 expected = X509CertificateLoader.LoadCertificateFromFile(Folder["tls.crt"]);
        string thumbprint = expected.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
        var handler = new SocketsHttpHandler { CookieContainer = cookies ?? new CookieContainer() };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256) == thumbprint;
        var client = new HttpClient(handler) { BaseAddress = Address };
        if (owner)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerToken());
        }

        return client;
    }

    public string OwnerToken(Action<Dictionary<string, object>>? claims = null) => Owner.Token(Tenant, Clock.GetUtcNow().AddMinutes(5), claims);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
    }
}
