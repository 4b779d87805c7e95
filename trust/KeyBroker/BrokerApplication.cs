using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.KeyBroker.Access;
using ConfidentialOperator.KeyBroker.Audit;
using ConfidentialOperator.KeyBroker.Collateral;
using ConfidentialOperator.KeyBroker.Endpoints;
using ConfidentialOperator.KeyBroker.Keys;
using ConfidentialOperator.KeyBroker.Policies;
using ConfidentialOperator.KeyBroker.Release;
using ConfidentialOperator.KeyBroker.Sessions;
using ConfidentialOperator.KeyBroker.Status;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.KeyBroker.Tokens;
using ConfidentialOperator.Protocol;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ConfidentialOperator.KeyBroker;

/// <summary>The composition root: options, stores, keys, endpoints, and the checks that come before the first request.</summary>
internal static class BrokerApplication
{
    /// <summary>Builds the broker and refuses to return one that must not serve.</summary>
    /// <param name="config">The JSON file; its folder is where relative paths start.</param>
    /// <param name="configure">Replaces parts, for tests: the clock.</param>
    /// <param name="cancellationToken">Stops the checks.</param>
    public static async Task<WebApplication> CreateAsync(string? config, Action<WebApplicationBuilder>? configure, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        // Lines about requests repeat what strangers sent; the broker has its own.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        AddConfiguration(builder, config);
        AddStores(builder.Services);
        AddEndpoints(builder.Services);
        configure?.Invoke(builder);
        KeyBrokerOptions options = Bind(builder.Configuration);
        ConfigureServer(builder, options);
        builder.Services.AddRateLimiter(limiter => RateLimits.Configure(limiter, options.Limits));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .ConfigureResource(resource => resource.AddService("key-broker")).AddMeter(Telemetry.MeterName).AddPrometheusExporter());
        WebApplication application = builder.Build();
        await CheckAsync(application, options, cancellationToken).ConfigureAwait(false);
        Map(application);
        return application;
    }

    private static void AddConfiguration(WebApplicationBuilder builder, string? config)
    {
        if (config is not null)
        {
            string path = Path.GetFullPath(config);
            if (!File.Exists(path))
            {
                throw new InvalidDataException($"The configuration file '{path}' does not exist.");
            }

            builder.Configuration.AddInMemoryCollection([new($"{KeyBrokerOptions.Section}:{nameof(KeyBrokerOptions.BasePath)}", Path.GetDirectoryName(path))]);
            builder.Configuration.AddJsonFile(path, optional: false, reloadOnChange: false);
            builder.Configuration.AddEnvironmentVariables();
        }

        builder.Services.AddOptions<KeyBrokerOptions>().BindConfiguration(KeyBrokerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<KeyBrokerOptions>, KeyBrokerOptionsValidator>();
    }

    private static KeyBrokerOptions Bind(ConfigurationManager configuration)
    {
        KeyBrokerOptions options = configuration.GetSection(KeyBrokerOptions.Section).Get<KeyBrokerOptions>() ?? new KeyBrokerOptions();
        ValidateOptionsResult result = new KeyBrokerOptionsValidator().Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(KeyBrokerOptions.Section, typeof(KeyBrokerOptions), result.Failures) : options;
    }

    private static void AddStores(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Telemetry>();
        services.AddSingleton(provider => new BrokerDatabase(Resolve(provider, options => options.DatabasePath)));
        services.AddSingleton(provider => KeyEncryptionKey.Load(Resolve(provider, options => options.KekPath)));
        services.AddSingleton(provider => new TokenKey(Resolve(provider, options => options.TokenKeyPath)));
        services.AddSingleton(provider => new AuditKey(Resolve(provider, options => options.AuditKeyPath)));
        services.AddSingleton<RefusalBudget>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<SqliteKeyStore>();
        services.AddSingleton<IKeyStore>(provider => provider.GetRequiredService<SqliteKeyStore>());
        services.AddSingleton<OwnerDirectory>();
        services.AddSingleton<OwnerToken>();
        services.AddSingleton<ArrangerToken>();
        services.AddSingleton<PolicyStore>();
        services.AddSingleton<PolicyBook>();
        services.AddSingleton<ReplicaStore>();
        services.AddSingleton<SessionStore>();
        services.AddHostedService<SessionSweeper>();
        services.AddSingleton<CollateralDirectory>();
        services.AddSingleton<ICollateralObserver, CollateralWatch>();
        services.AddSingleton<BundleShelf>();
        services.AddSingleton<CollateralFetching>();
        services.AddSingleton<CollateralLibrary>();
        services.AddSingleton(provider => RootFiles.Load(provider.GetRequiredService<IOptions<KeyBrokerOptions>>().Value));
        services.AddSingleton<GuestAppraiser>();
        services.AddSingleton<EarToken>();
        services.AddSingleton<GuestJournal>();
        services.AddSingleton<GuestChallenge>();
        services.AddSingleton<GuestAttestation>();
        services.AddSingleton<KeyRelease>();
    }

    private static void AddEndpoints(IServiceCollection services)
    {
        services.AddSingleton<Problems>();
        services.AddSingleton<GuestEndpoints>();
        services.AddSingleton<ResourceChangeEndpoints>();
        services.AddSingleton<PolicyEndpoints>();
        services.AddSingleton<StatusEndpoints>();
        services.AddSingleton<AuditEndpoints>();
    }

    private static string Resolve(IServiceProvider provider, Func<KeyBrokerOptions, string> path)
    {
        KeyBrokerOptions options = provider.GetRequiredService<IOptions<KeyBrokerOptions>>().Value;
        return options.Resolve(path(options));
    }

    private static void ConfigureServer(WebApplicationBuilder builder, KeyBrokerOptions options)
    {
        X509Certificate2 certificate = LoadCertificate(options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Math.Max(options.Limits.AttestationBytes, Math.Max(options.Limits.ResourceBytes, options.Limits.MessageBytes)) + 1;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestLineSize = 4 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
            foreach (string url in options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                Listen(kestrel, url, certificate);
            }
        });
    }

    private static X509Certificate2 LoadCertificate(KeyBrokerOptions options)
    {
        string keyPath = options.Resolve(options.CertificateKeyPath);
        PrivateFile.DemandPrivate(keyPath);
        return X509Certificate2.CreateFromPemFile(options.Resolve(options.CertificatePath), keyPath);
    }

    private static void Listen(KestrelServerOptions kestrel, string url, X509Certificate2 certificate)
    {
        BindingAddress address = BindingAddress.Parse(url);
        if (address.Scheme != "https" || address.PathBase.Length > 0)
        {
            throw new InvalidDataException($"The broker listens on https addresses without a path only, not on '{url}'.");
        }

        void UseTls(ListenOptions listen) => listen.UseHttps(certificate, tls => tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip))
        {
            kestrel.Listen(ip, address.Port, UseTls);
        }
        else if (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(address.Port, UseTls);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, UseTls);
        }
    }

    private static async Task CheckAsync(WebApplication application, KeyBrokerOptions options, CancellationToken cancellationToken)
    {
        IServiceProvider services = application.Services;
        await services.GetRequiredService<SqliteKeyStore>().DemandRightKeyAsync(cancellationToken).ConfigureAwait(false);
        if (!services.GetRequiredService<AuditLog>().TryVerify(out Refusal? refusal))
        {
            throw new InvalidDataException(refusal!.Message);
        }

        ILogger logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("ConfidentialOperator.KeyBroker");
        if (options.Snp.DevelopmentRoots.Count > 0)
        {
            logger.DevelopmentRootsAccepted();
        }

        // Each is built now, so that a broken file shows at the start and not at a guest's first request.
        services.GetRequiredService<CollateralFetching>();
        services.GetRequiredService<GuestEndpoints>();
        services.GetRequiredService<StatusEndpoints>();
        logger.Serving(services.GetRequiredService<OwnerDirectory>().Tenants().Count, options.Urls);
    }

    private static void Map(WebApplication application)
    {
        application.UseMiddleware<RequestEdge>();
        application.UseRouting();
        application.UseRateLimiter();
        HealthEndpoints.Map(application);
        DiscoveryEndpoints.Map(application);
        GuestEndpoints.Map(application);
        ResourceChangeEndpoints.Map(application);
        PolicyEndpoints.Map(application);
        StatusEndpoints.Map(application);
        AuditEndpoints.Map(application);
        application.MapPrometheusScrapingEndpoint("/metrics");
    }
}
