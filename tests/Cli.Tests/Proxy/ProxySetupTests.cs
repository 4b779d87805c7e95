using System.Net;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;

namespace ConfidentialOperator.Cli.Tests.Proxy;

/// <summary>What a proxy refuses to be, and whom it does not answer.</summary>
public sealed class ProxySetupTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::]:0")]
    [InlineData("192.0.2.1:8000")]
    public async Task It_listens_outside_only_when_that_is_said(string address)
    {
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["proxy", "--listen", address, "--endpoint", "http://127.0.0.1:1", .. _world.Trust()])).Expect(10);
        Assert.Contains("--bind", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models: []", "models")]
    [InlineData("models: [{endpoint: 'ftp://x', policy: p, owners: [o]}]", "endpoint")]
    [InlineData("models: [{endpoint: 'http://x', policy: p, owners: []}]", "owners")]
    [InlineData("models: [{endpoint: 'http://x', policy: p, owners: [o], verify: false}]", "verify")]
    [InlineData("models: [{endpoint: 'http://x', owners: [o]}]", "policy")]
    [InlineData("models: {", "line")]
    public async Task A_wrong_configuration_names_its_member(string yaml, string named)
    {
        string file = _world.Folder.Write("proxy.yaml", yaml);
        Cfm run = (await Cfm.RunAsync(_world.Variables, "proxy", "--listen", "127.0.0.1:0", "--config", file)).Expect(30);
        Assert.Contains(named, run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_model_cannot_have_another_name_than_its_policy_says()
    {
        string file = _world.Folder.Write("proxy.yaml", "models: [{name: other, endpoint: 'http://127.0.0.1:1', policy: policy.dsse.json, owners: [owner.pub.pem]}]");
        Cfm run = (await Cfm.RunAsync(_world.Variables, "proxy", "--listen", "127.0.0.1:0", "--config", file)).Expect(10);
        Assert.StartsWith("error: PolicyModelMismatch: ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host", "attacker.example")]
    [InlineData("Origin", "https://attacker.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Pages_of_the_web_are_not_answered(string header, string value)
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using RunningProxy proxy = await RunningProxy.StartAsync(_world, ["--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage response = await proxy.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
