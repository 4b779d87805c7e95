using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.FakeTee.Endpoints;

/// <summary>A real server on the loopback interface that plays the services of AMD, Intel and NVIDIA, with their recorded data and with faults on demand.</summary>
public sealed class VendorServices : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _faults = new();
    private int _now;

    private VendorServices(WebApplication application) => _application = application;

    /// <summary>Gets the address; the services of AMD, Intel and NVIDIA are below it, in <c>kds</c>, <c>pcs</c>, <c>certificates</c>, <c>rims</c> and <c>ocsp</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Gets the requests that came, path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Gets the bodies that were posted.</summary>
    public ConcurrentQueue<byte[]> Bodies { get; } = new();

    /// <summary>Gets the most requests that were being answered at the same time.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<VendorServices> StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        var services = new VendorServices(application);
        application.Run(services.AnswerAsync);
        await application.StartAsync(cancellationToken);
        services.Address = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return services;
    }

    /// <summary>Lets a path, with its query, give these bytes.</summary>
    public void Serve(string pathAndQuery, byte[] body, string type, string? chainHeader = null, string? chainPem = null) =>
        _answers[pathAndQuery] = async context =>
        {
            context.Response.ContentType = type;
            if (chainHeader is not null)
            {
                context.Response.Headers[chainHeader] = Uri.EscapeDataString(chainPem!);
            }

            await context.Response.Body.WriteAsync(body);
        };

    /// <summary>Lets the next request have another fate.</summary>
    public void Fail(Func<HttpContext, Task> fault) => _faults.Enqueue(fault);

    /// <summary>Lets the next request have a status, and perhaps the time to come back.</summary>
    public void FailWith(int status, string? retryAfter = null) => Fail(context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return Task.CompletedTask;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
        string asked = context.Request.Path + context.Request.QueryString;
        Requests.Enqueue(asked);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Bodies.Enqueue(body.ToArray());
        try
        {
            if (_faults.TryDequeue(out Func<HttpContext, Task>? fault))
            {
                await fault(context);
            }
            else if (_answers.TryGetValue(asked, out Func<HttpContext, Task>? answer))
            {
                await answer(context);
            }
            else
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    }
}
