using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.Sidecar.Tests.Running;

/// <summary>A folder on a web server with TLS.</summary>
internal sealed class TestWebFolder : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate = TestCertificate.Make("127.0.0.1");
    private readonly WebApplication _application;

    private TestWebFolder(string folder)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate)));
        _application = builder.Build();
        _application.MapGet("/models/m/{**name}", async (HttpContext context, string name) =>
        {
            lock (Requests)
            {
                Requests.Add(name + context.Request.QueryString);
            }

            string file = Path.Combine(folder, name);
            context.Response.StatusCode = Status ?? (File.Exists(file) ? 200 : 404);
            if (context.Response.StatusCode == 200)
            {
                byte[] content = await File.ReadAllBytesAsync(file);
                context.Response.ContentLength = content.Length;
                await context.Response.Body.WriteAsync(BreakOff ? content.AsMemory(0, content.Length / 2) : content);
                if (BreakOff)
                {
                    await context.Response.Body.FlushAsync();
                    context.Abort();
                }
            }
            else if (context.Response.StatusCode == 302)
            {
                context.Response.Headers.Location = Redirect;
            }
        });
    }

    public List<string> Requests { get; } = [];

    public int? Status { get; set; }

    public string Redirect { get; set; } = "";

    public bool BreakOff { get; set; }

    public string CaPem => _certificate.ExportCertificatePem();

    public string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<TestWebFolder> StartAsync(string folder)
    {
        var web = new TestWebFolder(folder);
        await web._application.StartAsync(TestContext.Current.CancellationToken);
        return web;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _certificate.Dispose();
    }
}
