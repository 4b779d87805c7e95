using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.KeyFetch;

/// <summary>The broker goes and comes, and others stand where it should.</summary>
public sealed class BrokerConnectionTests
{
    [Fact]
    public async Task ABrokerThatIsDownIsAskedAgainUntilItIsBack()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await sidecar.Broker.StopAsync();
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("KeyBrokerUnavailable");
        Assert.Contains("cannot be reached", status.Message, StringComparison.Ordinal);
        await sidecar.Broker.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task ACertificateOfAnotherAuthorityIsRefused()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        using var other = TestCertificate.Make("127.0.0.1");
        await File.WriteAllTextAsync(sidecar.Folder["other.crt"], other.ExportCertificatePem(), TestContext.Current.CancellationToken);
        sidecar.Set("KeyBroker:CaPath", sidecar.Folder["other.crt"]);
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("KeyBrokerUnavailable");
        Assert.Contains("authorities", status.Message, StringComparison.Ordinal);
        Assert.Equal(0, sidecar.Broker.Handshakes);

        // The file is read anew each time, so a mended one counts at once.
        await File.WriteAllTextAsync(sidecar.Folder["other.crt"], sidecar.Broker.CaPem, TestContext.Current.CancellationToken);
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task ACertificateForAnotherNameIsRefused()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using var stranger = new TestBroker(sidecar.Model.Key, "broker.elsewhere.svc");
        await stranger.StartAsync();
        await File.WriteAllTextAsync(sidecar.Folder["ca.crt"], stranger.CaPem, TestContext.Current.CancellationToken);
        sidecar.Set("KeyBroker:Url", stranger.Address.ToString());
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("KeyBrokerUnavailable");
        Assert.Contains("another name", status.Message, StringComparison.Ordinal);
        Assert.Equal(0, stranger.Handshakes);
    }

    [Theory]
    [InlineData("", "holds no certificate")]
    [InlineData(null, "cannot be read")]
    public async Task AnAuthorityFileWithoutCertificatesIsNotTheSystemsTrust(string? content, string expected)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Set("KeyBroker:CaPath", sidecar.Folder["none.crt"]);
        if (content is not null)
        {
            await File.WriteAllTextAsync(sidecar.Folder["none.crt"], content, TestContext.Current.CancellationToken);
        }

        await sidecar.StartAsync();
        Assert.Contains(expected, (await sidecar.WaitRefusedAsync("KeyBrokerUnavailable")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServedModelStaysServedWhileTheBrokerIsAwayButNotForever()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("ReattestInterval", "01:00:00"));
        await sidecar.Broker.StopAsync();
        (await sidecar.Client.PostAsync("/v1/refresh", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        SidecarStatus served = await sidecar.WaitAsync(SidecarPhase.Ready, "KeyBrokerUnavailable");
        sidecar.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(SidecarPhase.Ready, (await sidecar.StatusAsync()).Phase);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await sidecar.Client.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        sidecar.Clock.Advance(TimeSpan.FromSeconds(1));
        SidecarStatus lapsed = await sidecar.StatusAsync();
        Assert.Equal((SidecarPhase.Refused, "KeyBrokerUnavailable"), (lapsed.Phase, lapsed.Reason));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, (await sidecar.Client.GetAsync("/readyz", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(served.AttestedAt, lapsed.AttestedAt);
        await sidecar.Broker.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready, "");
    }

    [Fact]
    public async Task ARefusalAtReattestationDoesNotStopAServedModel()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        int keys = sidecar.Inference.KeysReceived;
        sidecar.Broker.Refusals["resource"] = new(RefusalReason.PolicyExpired, "The policy has expired.");
        (await sidecar.Client.PostAsync("/v1/refresh", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await sidecar.WaitAsync(SidecarPhase.Ready, "PolicyExpired");
        Assert.Equal(keys, sidecar.Inference.KeysReceived);
    }
}
