using System.Buffers.Text;
using System.Net;
using System.Text;
using ConfidentialOperator.Protocol.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ConfidentialOperator.FakeTee.Guests;

/// <summary>
/// The API that a Confidential Containers guest has on 127.0.0.1:8006: <c>GET /aa/evidence?runtime_data=...&amp;encoding=base64</c> and <c>GET /info</c>. As in
/// the real one, runtime data without an encoding is taken as text, and more than 64 bytes are refused.
/// </summary>
public sealed class GuestApi : IAsyncDisposable
{
    private const int LongestRuntimeData = 64;

    private readonly WebApplication _application;

    private GuestApi(WebApplication application, Uri address)
    {
        _application = application;
        Address = address;
    }

    /// <summary>Gets the address that it listens on.</summary>
    public Uri Address { get; }

    /// <summary>Starts the API for a guest; port 0 takes any free port.</summary>
    public static async Task<GuestApi> StartAsync(SoftwareGuest guest, IPAddress address, int port, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.WebHost.ConfigureKestrel(options => options.Listen(address, port));
        WebApplication application = builder.Build();
        application.MapGet("/aa/evidence", (string? runtime_data, string? encoding) => Evidence(guest, runtime_data, encoding));
        application.MapGet("/aa/additional-evidence", () => Results.Bytes(Array.Empty<byte>(), "application/json"));
        application.MapGet("/info", () => Results.Bytes(
            """{"version":"0.1.0","tee":"snp","additional_tees":[],"feature":["all"]}"""u8.ToArray(), "application/json"));
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new GuestApi(application, new Uri(bound));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static IResult Evidence(SoftwareGuest guest, string? runtimeData, string? encoding)
    {
        if (runtimeData is null || !TryDecode(runtimeData, encoding, out byte[] data) || data.Length > LongestRuntimeData)
        {
            return Results.Text("runtime_data must be at most 64 bytes; with encoding=base64 it is URL-safe Base64 without padding", statusCode: 400);
        }

        return Results.Bytes(guest.Evidence(data), "application/json");
    }

    private static bool TryDecode(string text, string? encoding, out byte[] data)
    {
        data = encoding is null ? Encoding.UTF8.GetBytes(text) : [];
        if (encoding is null)
        {
            return true;
        }

        byte[] decoded = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        bool valid = encoding == "base64" && Base64UrlText.TryDecode(text, decoded, out int written) && (data = decoded[..written]).Length == written;
        return valid;
    }
}
