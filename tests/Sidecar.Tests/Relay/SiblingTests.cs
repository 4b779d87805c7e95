using System.Net;
using ConfidentialOperator.Sidecar.Relay;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Relay;

/// <summary>A request that is sealed to a sibling's key is carried there once.</summary>
public sealed class SiblingTests
{
    [Fact]
    public async Task ARequestForASiblingIsCarriedThereWithItsHeaders()
    {
        await using RunningSidecar left = await RunningSidecar.PrepareAsync();
        left.Set("Peers", "file://" + left.Folder["peers"]);
        await using RunningSidecar right = await RunningSidecar.StartReadyAsync();
        await left.StartAsync();
        await left.WaitAsync(Protocol.Contracts.SidecarPhase.Ready);
        await WritePeersAsync(left, left.Ports.Http, right.Ports.Http);
        Echo(left, "left");
        Echo(right, "right");

        using HttpResponseMessage own = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: left.Inference.KeyName);
        Assert.Equal("left " + left.Inference.KeyName, await own.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage other = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: right.Inference.KeyName);
        Assert.Equal("right " + right.Inference.KeyName, await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(Protocol.ByteString.Sha256(right.Inference.KeysetBytes).ToString(), SealedRelayTests.Header(other, "Confidential-Keyset"));
        using HttpResponseMessage none = await SealedRelayTests.PostAsync(left, new StringContent("x"));
        Assert.Equal("left ", await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AForwardedRequestIsNotForwardedAgain()
    {
        await using RunningSidecar left = await RunningSidecar.PrepareAsync();
        left.Set("Peers", "file://" + left.Folder["peers"]);
        await using RunningSidecar right = await RunningSidecar.StartReadyAsync();
        await left.StartAsync();
        await left.WaitAsync(Protocol.Contracts.SidecarPhase.Ready);
        await WritePeersAsync(left, right.Ports.Http);
        Echo(left, "left");
        Echo(right, "right");
        using HttpResponseMessage response = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: right.Inference.KeyName, forwarded: true);
        Assert.Equal("left " + right.Inference.KeyName, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, right.Inference.Connections);
    }

    [Theory]
    [InlineData("0123456789abcdef")]
    [InlineData("0123456789ABCDEF")]
    [InlineData("short")]
    public async Task AKeyThatNobodyHasGoesToOurOwnInference(string name)
    {
        await using RunningSidecar left = await RunningSidecar.PrepareAsync();
        left.Set("Peers", "file://" + left.Folder["peers"]);
        await left.StartAsync();
        await left.WaitAsync(Protocol.Contracts.SidecarPhase.Ready);
        await WritePeersAsync(left, left.Ports.Http, new IPEndPoint(IPAddress.Loopback, 1));
        Echo(left, "left");
        using HttpResponseMessage response = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: name);
        Assert.Equal("left " + (name.All(char.IsAsciiHexDigitLower) ? name : ""), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, left.Inference.Connections);
    }

    [Fact]
    public async Task ASiblingThatWentAwayLeavesTheRequestToOurOwnInference()
    {
        await using RunningSidecar left = await RunningSidecar.PrepareAsync();
        left.Set("Peers", "file://" + left.Folder["peers"]);
        await left.StartAsync();
        await left.WaitAsync(Protocol.Contracts.SidecarPhase.Ready);
        Echo(left, "left");
        string name;
        await using (RunningSidecar right = await RunningSidecar.StartReadyAsync())
        {
            await WritePeersAsync(left, right.Ports.Http);
            name = right.Inference.KeyName;
            Echo(right, "right");
            using HttpResponseMessage there = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: name);
            Assert.Equal("right " + name, await there.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        using HttpResponseMessage response = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: name);
        Assert.Equal("left " + name, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ANewKeyOfOurOwnIsFoundWithoutAskingSiblings()
    {
        await using RunningSidecar left = await RunningSidecar.StartReadyAsync();
        Echo(left, "left");
        left.Inference.RotateSealingKey();
        using HttpResponseMessage response = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: left.Inference.KeyName);
        Assert.Equal("left " + left.Inference.KeyName, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SiblingsAreFoundBehindADnsNameToo()
    {
        await using RunningSidecar right = await RunningSidecar.StartReadyAsync();
        await using RunningSidecar left = await RunningSidecar.StartReadyAsync(("Peers", $"dns:///localhost:{right.Ports.Http.Port}"));
        Echo(left, "left");
        Echo(right, "right");
        using HttpResponseMessage response = await SealedRelayTests.PostAsync(left, new StringContent("x"), keyName: right.Inference.KeyName);
        Assert.Equal("right " + right.Inference.KeyName, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("dns:///triage-notes-peers.clinic.svc:8080", true)]
    [InlineData("file:///run/peers", true)]
    [InlineData("dns:///name", false)]
    [InlineData("dns:///name:0", false)]
    [InlineData("dns:///name:70000", false)]
    [InlineData("dns://host/name:80", false)]
    [InlineData("dns:///na me:80", false)]
    [InlineData("http:///name:80", false)]
    [InlineData("file:///", false)]
    [InlineData("peers", false)]
    public void PeersAreADnsNameOrAFile(string text, bool valid) => Assert.Equal(valid, PeerList.TryParse(text, out _));

    [Fact]
    public async Task LinesThatAreNoAddressesAreSkipped()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["peers"], "127.0.0.2:80\n\nnot an address\n127.0.0.3\n127.0.0.2:80\n  127.0.0.4:81 \n127.0.0.5:82",
            TestContext.Current.CancellationToken);
        Assert.True(PeerList.TryParse("file://" + folder["peers"], out PeerList? peers));
        Assert.Equal([IPEndPoint.Parse("127.0.0.2:80"), IPEndPoint.Parse("127.0.0.4:81")],
            await peers.FindAsync(IPEndPoint.Parse("127.0.0.5:82"), TestContext.Current.CancellationToken));
        File.Delete(folder["peers"]);
        Assert.Empty(await peers.FindAsync(IPEndPoint.Parse("127.0.0.5:82"), TestContext.Current.CancellationToken));
    }

    private static void Echo(RunningSidecar sidecar, string name) =>
        sidecar.Inference.Sealed = context => context.Response.WriteAsync($"{name} {context.Request.Headers["Confidential-Key-Id"]}");

    private static Task WritePeersAsync(RunningSidecar sidecar, params IPEndPoint[] peers) =>
        File.WriteAllLinesAsync(sidecar.Folder["peers"], peers.Select(peer => peer.ToString()), TestContext.Current.CancellationToken);
}
