using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;

namespace ConfidentialOperator.Cli.Tests.Processes;

/// <summary>The built program: codes, streams and signals as a shell sees them.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_guest_is_0_and_its_json_is_all_there_is_on_standard_output()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await CfmProcess.RunAsync(_world.Variables, "", ["verify", guest.Address.AbsoluteUri, .. _world.Trust(), "-o", "json"])).Expect(0);
        Assert.True(run.Json["accepted"]!.GetValue<bool>());
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_rejected_guest_is_10_an_unsupported_key_20_a_wrong_line_30_a_dead_endpoint_1()
    {
        GuestEndpoint guest = await _world.StartGuestAsync("other-model");
        Cfm rejected = (await CfmProcess.RunAsync(_world.Variables, "", ["verify", guest.Address.AbsoluteUri, .. _world.Trust()])).Expect(10);
        Assert.StartsWith("error: KeysetMismatch: ", rejected.Error, StringComparison.Ordinal);
        string rsa = _world.Folder.Write("rsa.pem", Rsa());
        Cfm unsupported = (await CfmProcess.RunAsync(_world.Variables, "", "policy", "show", _world.Folder["policy.dsse.json"], "--owner", rsa)).Expect(20);
        Assert.StartsWith("error: Unsupported: ", unsupported.Error, StringComparison.Ordinal);
        (await CfmProcess.RunAsync(_world.Variables, "", "verify", "--nonsense")).Expect(30);
        (await CfmProcess.RunAsync(_world.Variables, "", ["verify", "http://127.0.0.1:1", .. _world.Trust()])).Expect(1);
    }

    [Fact]
    public async Task A_prompt_comes_from_standard_input()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await CfmProcess.RunAsync(_world.Variables, "from a pipe", ["chat", "--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()])).Expect(0);
        Assert.Equal("you said: from a pipe \n", run.Output);
    }

    [Fact]
    public async Task A_proxy_says_where_it_listens_and_ends_in_order()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using CfmProcess proxy = CfmProcess.Start(_world.Variables,
            ["proxy", "--listen", "127.0.0.1:0", "-o", "json", "--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()]);
        string? line = await proxy.Output.ReadLineAsync(Token);
        string address = JsonNode.Parse(line!)!["address"]!.GetValue<string>();
        using var http = new HttpClient();
        using HttpResponseMessage health = await http.GetAsync(new Uri(address + "/healthz"), Token);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(0, await proxy.TerminateAsync());
    }

    [Fact]
    public async Task Two_proxies_cannot_have_one_port_and_the_second_says_so()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await CfmProcess.RunAsync(_world.Variables, "",
            ["proxy", "--listen", guest.Address.Authority, "--endpoint", guest.Address.AbsoluteUri, .. _world.Trust()])).Expect(1);
        Assert.Contains("address already in use", run.Error, StringComparison.OrdinalIgnoreCase);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static string Rsa()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        return key.ExportSubjectPublicKeyInfoPem();
    }
}
