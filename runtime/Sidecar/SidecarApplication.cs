using System.Security.Authentication;
using ConfidentialOperator.Sidecar.Attestation;
using ConfidentialOperator.Sidecar.Endpoints;
using ConfidentialOperator.Sidecar.Evidence;
using ConfidentialOperator.Sidecar.KeyFetch;
using ConfidentialOperator.Sidecar.Models;
using ConfidentialOperator.Sidecar.Relay;
using ConfidentialOperator.Sidecar.Setup;
using ConfidentialOperator.Sidecar.Status;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ConfidentialOperator.Sidecar;

/// <summary>The composition root: options, listeners, parts, endpoints.</summary>
internal static class SidecarApplication
{
    // Less than the 30 seconds that a pod has to end.
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(25);

    /// <summary>Serves until the process is told to end.</summary>
    public static async Task<int> RunAsync(TextWriter error)
    {
        try
        {
            await using WebApplication application = Create(configure: null);
            await application.RunAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception exception) when (exception is InvalidDataException or OptionsValidationException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"The Sidecar does not start: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    /// <summary>Builds the program.</summary>
    /// <param name="configure">Replaces parts, for tests: options and the clock.</param>
    public static WebApplication Create(Action<WebApplicationBuilder>? configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        // Lines about requests repeat what strangers sent; the Sidecar has its own.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        configure?.Invoke(builder);
        SidecarOptions options = Bind(builder);
        GuestFacts facts = GuestFacts.Create(options, TimeProvider.System);
        builder.Services.AddSingleton(_ => facts);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdown);
        AddParts(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, facts));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .ConfigureResource(resource => resource.AddService("sidecar")).AddMeter(Telemetry.MeterName).AddPrometheusExporter());
        WebApplication application = builder.Build();
        Map(application);
        application.Services.GetRequiredService<Telemetry>().Watch(application.Services.GetRequiredService<ReplicaState>());
        application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ConfidentialOperator.Sidecar")
            .Serving(options.Replica, options.Model.Name, facts.InitDataSha256);
        return application;
    }

    private static SidecarOptions Bind(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<SidecarOptions>().BindConfiguration(SidecarOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<SidecarOptions>, SidecarOptionsValidator>();
        SidecarOptions options = builder.Configuration.GetSection(SidecarOptions.Section).Get<SidecarOptions>() ?? new SidecarOptions();
        ValidateOptionsResult result = new SidecarOptionsValidator().Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(SidecarOptions.Section, typeof(SidecarOptions), result.Failures) : options;
    }

    private static void AddParts(IServiceCollection services)
    {
        services.AddSingleton<Telemetry>();
        services.AddSingleton<ReplicaState>();
        services.AddSingleton<ListenPorts>();
        services.AddSingleton<RefreshTrigger>();
        services.AddSingleton<RequestLimits>();
        services.AddSingleton(EvidenceSources.Create);
        services.AddSingleton<ModelFetcher>();
        services.AddSingleton<InferenceSockets>();
        services.AddSingleton<InferenceControl>();
        services.AddSingleton<SealingKeys>();
        services.AddSingleton<Siblings>();
        services.AddSingleton<SealedRelay>();
        services.AddSingleton<InferenceWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<InferenceWatch>());
        services.AddSingleton<KeyFetchRound>();
        services.AddHostedService<KeyFetchLoop>();
        services.AddSingleton<CollateralFolder>();
        services.AddSingleton<AttestationDocuments>();
        services.AddSingleton<AttestationEndpoints>();
        services.AddSingleton<StatusEndpoints>();
        services.AddSingleton<GatewayEndpoints>();
    }

    private static void Listen(KestrelServerOptions kestrel, SidecarOptions options, GuestFacts facts)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
        kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);

        // ListenPorts counts on this order.
        kestrel.Listen(options.Address, options.HttpPort);
        kestrel.Listen(options.Address, options.HttpsPort, listen =>
            listen.UseHttps(facts.Certificate, tls => tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13));
        kestrel.Listen(options.Address, options.MetricsPort, listen => listen.Use(next => connection =>
        {
            connection.Features.Set(MetricsListener.Mark);
            return next(connection);
        }));
    }

    private static void Map(WebApplication application)
    {
        application.MapWhen(context => context.Features.Get<MetricsListener>() is not null, metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint());
        application.UseMiddleware<RequestEdge>();
        application.UseRouting();
        application.Services.GetRequiredService<StatusEndpoints>().Map(application);
        application.Services.GetRequiredService<AttestationEndpoints>().Map(application);
        application.Services.GetRequiredService<GatewayEndpoints>().Map(application);
    }
}
