using System.Net;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>A Sidecar's status endpoint on a loopback address of its own, since its port is fixed.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private readonly WebApplication _application;

    private FakeSidecar(string address)
    {
        Address = address;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(address), Rendering.Names.HttpPort));
        _application = builder.Build();
        _application.MapGet("/v1/status", () => Results.Bytes(Contract.Write(Status), "application/json"));
    }

    public string Address { get; }

    public SidecarStatus Status { get; private set; } = new() { Phase = SidecarPhase.Starting };

    public static async Task<FakeSidecar> StartAsync()
    {
        byte[] random = RandomNumberGenerator.GetBytes(3);
        FakeSidecar sidecar = new($"127.{random[0]}.{random[1]}.{1 + (random[2] % 250)}");
        await sidecar._application.StartAsync(TestContext.Current.CancellationToken);
        return sidecar;
    }

    public void Say(SidecarPhase phase, RefusalReason reason = RefusalReason.None, string message = "") =>
        Status = new SidecarStatus { Phase = phase, Reason = reason == RefusalReason.None ? "" : reason.ToString(), Message = message };

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
