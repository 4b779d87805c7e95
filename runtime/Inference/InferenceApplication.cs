using ConfidentialOperator.Inference.Access;
using ConfidentialOperator.Inference.Channel;
using ConfidentialOperator.Inference.Confinement;
using ConfidentialOperator.Inference.Control;
using ConfidentialOperator.Inference.Endpoints;
using ConfidentialOperator.Inference.Keys;
using ConfidentialOperator.Inference.Sealing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace ConfidentialOperator.Inference;

/// <summary>The composition root: options, parts, the two sockets.</summary>
internal static class InferenceApplication
{
    private const int LongestHeaders = 32 * 1024;
    private const int SpareConnections = 1024;
    private const UnixFileMode SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A client may pause for a while, and the Sidecar passes its pace on.
    private static readonly MinDataRate s_slowest = new(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(30));

    // Within the thirty seconds that a pod has, so that answers in flight may end.
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(25);

    /// <summary>Builds the application; throws <see cref="OptionsValidationException"/> for an environment that must not be served.</summary>
    /// <param name="verdict">Whether the process is confined.</param>
    /// <param name="configure">Replaces parts, for tests.</param>
    public static WebApplication Create(ConfinementVerdict verdict, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });

        // What the server logs about requests may quote them; Inference has its own lines.
        builder.Logging.AddFilter("Microsoft", LogLevel.None);
        builder.Services.AddSingleton(verdict);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_longestEnd);
        AddParts(builder.Services);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .ConfigureResource(resource => resource.AddService("inference")).AddMeter(Telemetry.MeterName).AddPrometheusExporter());
        configure?.Invoke(builder);
        RuntimeOptions options = Read(builder.Configuration);
        builder.Services.AddSingleton(Options.Create(options));
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        WebApplication application = builder.Build();
        application.UseRouting();
        application.UseMiddleware<RequestEdge>();
        ControlEndpoints.Map(application);
        SealedEndpoint.Map(application);
        application.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(SocketRole.Control);
        application.Lifetime.ApplicationStarted.Register(() => Started(application));
        return application;
    }

    /// <summary>Reads and checks the options.</summary>
    internal static RuntimeOptions Read(IConfiguration configuration)
    {
        var options = new RuntimeOptions();
        try
        {
            configuration.GetSection(RuntimeOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(RuntimeOptions.Section, typeof(RuntimeOptions), [exception.Message]);
        }

        ValidateOptionsResult result = new RuntimeOptionsValidator().Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(RuntimeOptions.Section, typeof(RuntimeOptions), result.Failures) : options;
    }

    private static void AddParts(IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Telemetry>();
        services.AddSingleton<TeeKey>();
        services.AddSingleton<ReceiptKey>();
        services.AddSingleton(provider => new KeyRing(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<Telemetry>(),
            provider.GetRequiredService<ILogger<KeyRing>>()));
        services.AddHostedService<KeyRotation>();
        services.AddSingleton<KeysetSource>();
        services.AddSingleton<ManifestSource>();
        services.AddSingleton<ModelUnsealer>();
        services.AddSingleton<ModelSlot>();
        services.AddSingleton<CallerBook>();
        services.AddSingleton<CallerGate>();
        services.AddSingleton<RequestPlaces>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<ControlEndpoints>();
        services.AddSingleton<PromptDecryption>();
        services.AddSingleton<ResponseEncryption>();
        services.AddSingleton<Router>();
        services.AddSingleton<SealedEndpoint>();
    }

    private static void Listen(KestrelServerOptions kestrel, RuntimeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = LongestHeaders;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;

        // Every reader has its own limit, and its own answer to what is too long.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxConcurrentConnections = (4L * options.MaxConcurrentRequests) + SpareConnections;
        kestrel.Limits.MinRequestBodyDataRate = s_slowest;
        kestrel.Limits.MinResponseDataRate = s_slowest;
        Listen(kestrel, options.KeysSocket, SocketRole.Control);
        Listen(kestrel, options.InferenceSocket, SocketRole.Ciphertext);
    }

    private static void Listen(KestrelServerOptions kestrel, string path, SocketRole role)
    {
        // What a process before this one left behind.
        File.Delete(path);
        kestrel.ListenUnixSocket(path, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Features.Set(role);
                return next(connection);
            });
        });
    }

    private static void Started(WebApplication application)
    {
        RuntimeOptions options = application.Services.GetRequiredService<IOptions<RuntimeOptions>>().Value;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(options.KeysSocket, SocketMode);
            File.SetUnixFileMode(options.InferenceSocket, SocketMode);
        }

        ILogger logger = application.Services.GetRequiredService<ILoggerFactory>().CreateLogger("ConfidentialOperator.Inference");
        ConfinementVerdict verdict = application.Services.GetRequiredService<ConfinementVerdict>();
        if (verdict.Refusal is null)
        {
            logger.Confined(verdict.MemoryLocked);
        }
        else
        {
            logger.NotConfined(verdict.Refusal.Message);
        }

        logger.Listening(options.KeysSocket, options.InferenceSocket);
    }
}
