using System.Net;
using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using k8s;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ConfidentialOperator.Controller.Hosting;

/// <summary>The composition root.</summary>
internal static class ControllerApplication
{
    private const string Health = "health";
    private const string Metrics = "metrics";
    private static readonly TimeSpan s_longestPass = TimeSpan.FromMinutes(5);

    /// <summary>Builds the Controller.</summary>
    /// <param name="configure">Replaces parts, for tests.</param>
    public static WebApplication Create(Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddOptions<ControllerOptions>().BindConfiguration(ControllerOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ControllerOptions>, ControllerOptionsValidator>();
        configure?.Invoke(builder);
        ControllerOptions options = builder.Configuration.GetSection(ControllerOptions.Section).Get<ControllerOptions>() ?? new ControllerOptions();
        KubernetesClientConfiguration connection = ApiConnection.Configure(options.Kubeconfig);
        string identity = options.Identity.Length > 0 ? options.Identity : $"{Environment.MachineName}_{Guid.NewGuid():n}";
        AddKubernetes(builder.Services, connection, identity, options);
        AddReconciling(builder.Services);
        ConfigureServer(builder, options);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownGrace + TimeSpan.FromSeconds(10));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .ConfigureResource(resource => resource.AddService("controller")).AddMeter(Telemetry.MeterName).AddPrometheusExporter());
        WebApplication application = builder.Build();
        Map(application);
        application.Lifetime.ApplicationStarted.Register(() => Announce(application, identity, connection.Host));
        return application;
    }

    private static void AddKubernetes(IServiceCollection services, KubernetesClientConfiguration connection, string identity, ControllerOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Telemetry>();
        services.AddSingleton(_ => new ApiConnection(connection));
        services.AddSingleton(provider => Client(provider, options));
        services.AddSingleton(provider => new WorkQueue(
            provider.GetRequiredService<TimeProvider>(), new Backoff(TimeSpan.FromMilliseconds(50), options.LongestRetry),
            provider.GetRequiredService<Telemetry>()));
        services.AddSingleton(new ReflectorTiming { Retry = new Backoff(Min(TimeSpan.FromMilliseconds(800), options.LongestWatchRetry), options.LongestWatchRetry) });
        string space = options.LeaseNamespace.Length > 0 ? options.LeaseNamespace : OwnNamespace();
        services.AddSingleton(new LeaseTerms(space, options.LeaseName, identity)
        {
            Duration = options.LeaseDuration,
            RenewDeadline = options.LeaseRenewDeadline,
            RetryPeriod = options.LeaseRetryPeriod,
        });

        // The election has its own client: renewals cannot wait for the calm that the others keep.
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LeaderElection>(
            provider, Client(provider, options), (ILogger)provider.GetRequiredService<ILogger<LeaderElection>>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<EventRecorder>(
            provider, identity, (ILogger)provider.GetRequiredService<ILogger<EventRecorder>>()));
    }

    private static ApiClient Client(IServiceProvider provider, ControllerOptions options) => new(
        provider.GetRequiredService<ApiConnection>(), provider.GetRequiredService<Telemetry>(), options.ApiTimeout,
        provider.GetRequiredService<TimeProvider>());

    private static void AddReconciling(IServiceCollection services)
    {
        services.AddSingleton<BrokerClient>();
        services.AddSingleton<SidecarClient>();
        services.AddSingleton(provider =>
        {
            Observer observer = ActivatorUtilities.CreateInstance<Observer>(provider);
            WorkQueue queue = provider.GetRequiredService<WorkQueue>();
            observer.Changed += key => queue.Add(key);
            return observer;
        });
        services.AddSingleton<ClusterView>();
        services.AddSingleton<ReferenceWatcher>();
        services.AddSingleton<VerifiedVersions>();
        services.AddSingleton<StateGatherer>();
        services.AddSingleton<ActionApplier>();
        services.AddSingleton<ConfidentialModelReconciler>();
        services.AddSingleton<ReconcileWorkers>();
        services.AddSingleton<ClusterReflectors>();
        services.AddSingleton<ControllerLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<ControllerLoop>());
    }

    private static void ConfigureServer(WebApplicationBuilder builder, ControllerOptions options) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 0;
        IPAddress address = IPAddress.Parse(options.ListenAddress);
        kestrel.Listen(address, options.MetricsPort, listen => Mark(listen, Metrics));
        kestrel.Listen(address, options.HealthPort, listen => Mark(listen, Health));
    });

    // Each port answers only what it is for, whatever number it has.
    private static void Mark(ListenOptions listen, string purpose) => listen.Use(next => connection =>
    {
        connection.Items[purpose] = purpose;
        return next(connection);
    });

    private static bool IsFor(HttpContext context, string purpose) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(purpose) == true;

    private static void Map(WebApplication application)
    {
        ControllerLoop loop = application.Services.GetRequiredService<ControllerLoop>();
        WorkQueue queue = application.Services.GetRequiredService<WorkQueue>();
        application.MapWhen(
            context => IsFor(context, Metrics) && context.Request.Path == "/metrics",
            metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint(_ => true));
        application.MapWhen(context => IsFor(context, Health), health => health.Run(context =>
        {
            context.Response.StatusCode = context.Request.Path.Value switch
            {
                "/healthz" => queue.Working.All(time => time < s_longestPass) ? 200 : 503,
                "/readyz" => loop.IsReady ? 200 : 503,
                _ => 404,
            };
            return context.Response.WriteAsync(context.Response.StatusCode == 200 ? "ok\n" : "no\n");
        }));
    }

    private static void Announce(WebApplication application, string identity, string server)
    {
        int[] ports = [.. application.Urls.Select(url => new Uri(url).Port)];
        application.Logger.Started(identity, new Uri(server), ports.FirstOrDefault(), ports.LastOrDefault());
    }

    private static string OwnNamespace() =>
        KubernetesClientConfiguration.IsInCluster() ? KubernetesClientConfiguration.InClusterConfig().Namespace ?? "default" : "default";

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
