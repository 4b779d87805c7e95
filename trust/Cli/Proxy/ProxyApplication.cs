using System.Net;
using ConfidentialOperator.Cli.Running;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>The local web server of <c>cfm proxy</c>: plain OpenAI and Open Inference Protocol in front, verified and sealed behind.</summary>
internal static class ProxyApplication
{
    public const long LongestBody = 64L * 1024 * 1024;
    private const int LongestHeaders = 32 * 1024;

    /// <summary>Shorter than the time that the command line leaves a verb after a signal.</summary>
    private static readonly TimeSpan s_shutdown = TimeSpan.FromSeconds(1);

    public static WebApplication Create(ProxyOptions options, CommandContext context)
    {
        // An empty builder reads no appsettings.json of the current folder and no variables: what the proxy does is said on its command line.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "cfm", Args = [] });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.AddProvider(new TextLoggerProvider(context.Error));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Listen);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LongestBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = LongestHeaders;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_shutdown);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(context.Time);
        builder.Services.AddSingleton<Forwarder>();
        builder.Services.AddHostedService<GuestKeeper>();
        WebApplication application = builder.Build();
        application.Use(new OriginGuard(options.Listen).InvokeAsync);
        Map(application, options);
        return application;
    }

    public static Uri AddressOf(WebApplication application) =>
        new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static void Map(WebApplication application, ProxyOptions options)
    {
        Forwarder forwarder = application.Services.GetRequiredService<Forwarder>();
        application.MapGet("/healthz", () => Results.Text("ok\n"));
        application.MapGet("/readyz", () => StateEndpoints.Ready(options));
        application.MapGet("/verification", () => StateEndpoints.Verification(options));
        application.MapGet("/v1/models", () => StateEndpoints.Models(options));
        application.MapGet("/v1/models/{model}", (string model) => StateEndpoints.Model(options, model));
        application.MapGet("/v2", StateEndpoints.Server);
        application.MapGet("/v2/health/live", () => Results.Json(new { live = true }));
        application.MapGet("/v2/health/ready", () => StateEndpoints.Ready(options));
        application.Map("/v2/models/{model}/{**rest}", forwarder.ByPathAsync);
        application.MapPost("/v1/{**rest}", forwarder.ByBodyAsync);
        application.MapFallback(context => ProxyErrors.WriteAsync(context, (int)HttpStatusCode.NotFound, "NotFound", "The proxy has no such route.", context.RequestAborted));
    }
}
