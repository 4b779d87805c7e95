using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Tests.Endpoints;

public sealed class VerifyTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    [Fact]
    public async Task Each_step_is_a_named_line_and_the_verdict_follows()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await _world.VerifyAsync(guest)).Expect(0);
        Assert.All((string[])["measurement", "report-data", "initdata", "manifest", "nonce"], rule => Assert.Contains(rule, run.Output, StringComparison.Ordinal));
        Assert.Contains("development: the evidence ends in a development root", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("accepted\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("waived", run.Output, StringComparison.Ordinal);
        Assert.Empty(guest.Wire);
    }

    [Fact]
    public async Task Json_is_the_appraisal()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        JsonNode json = (await _world.VerifyAsync(guest, "-o", "json")).Expect(0).Json;
        Assert.True(json["accepted"]!.GetValue<bool>());
        Assert.True(json["development"]!.GetValue<bool>());
        Assert.Equal(LaunchInputs.Development.Measure().ToString(), json["evidence"]!["measurement"]!.GetValue<string>());
        Assert.All(json["rules"]!.AsArray(), rule => Assert.All((string[])["rule", "outcome", "expected", "found"], member => Assert.NotNull(rule![member])));
    }

    [Fact]
    public async Task A_wrong_guest_is_rejected_with_its_rule()
    {
        GuestEndpoint guest = await _world.StartGuestAsync(launch: LaunchInputs.Development with { VirtualCpus = 64 });
        Cfm text = (await _world.VerifyAsync(guest)).Expect(10);
        Assert.StartsWith("error: MeasurementNotAccepted: ", text.Error, StringComparison.Ordinal);
        Assert.Contains("FAIL", text.Output, StringComparison.Ordinal);
        JsonNode json = (await _world.VerifyAsync(guest, "-o", "json")).Expect(10).Json;
        Assert.False(json["accepted"]!.GetValue<bool>());
        Assert.Equal("MeasurementNotAccepted", json["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_policy_of_another_signer_is_rejected()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        await using var other = new CliWorld();
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["verify", guest.Address.AbsoluteUri, "--policy", other.Folder["policy.dsse.json"],
            "--owner", _world.Folder["owner.pub.pem"], "--development-root", _world.Folder["ark.pem"]])).Expect(10);
        Assert.StartsWith("error: PolicySignatureInvalid: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, guest.Attestations);
    }

    [Fact]
    public async Task An_older_policy_than_one_that_was_used_is_rejected()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        _world.WritePolicy("newer.dsse.json", policy => policy with { PolicyVersion = 2 });
        string address = guest.Address.AbsoluteUri;
        (await Cfm.RunAsync(_world.Variables, ["verify", address, .. _world.Trust()])).Expect(0);
        (await Cfm.RunAsync(_world.Variables, ["verify", address, .. _world.Trust("newer.dsse.json")])).Expect(0);
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["verify", address, .. _world.Trust()])).Expect(10);
        Assert.StartsWith("error: PolicyRolledBack: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taking_a_signature_from_an_older_policy_does_not_make_it_new()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        using OwnerKey second = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        _world.Folder.Write("second.pub.pem", second.PublicKey.ToPem());
        string address = guest.Address.AbsoluteUri;
        string[] both = ["--owner", _world.Folder["second.pub.pem"]];
        _world.WritePolicy("newer.dsse.json", policy => policy with { PolicyVersion = 2 }, second);
        (await Cfm.RunAsync(_world.Variables, ["verify", address, .. _world.Trust("newer.dsse.json"), .. both])).Expect(0);
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["verify", address, .. _world.Trust(), .. both])).Expect(10);
        Assert.StartsWith("error: PolicyRolledBack: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_policy_is_rejected_and_json_says_why()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        _world.WritePolicy("policy.dsse.json", policy => policy with { NotAfter = DateTimeOffset.UnixEpoch.AddYears(50) });
        Cfm run = (await _world.VerifyAsync(guest, "-o", "json")).Expect(10);
        Assert.Equal("PolicyExpired", run.Json["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Genuine_hardware_is_demanded_without_a_development_root()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["verify", guest.Address.AbsoluteUri, .. _world.Trust()[..4]])).Expect(10);
        Assert.StartsWith("error: ChainUntrusted: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_neither_accepted_nor_rejected()
    {
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["verify", "http://127.0.0.1:1", .. _world.Trust(), "-o", "json"])).Expect(1);
        Assert.Equal("EndpointUnavailable", run.Json["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Without_policy_or_owner_nothing_is_asked()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        (await Cfm.RunAsync(_world.Variables, "verify", guest.Address.AbsoluteUri)).Expect(30);
        (await Cfm.RunAsync(_world.Variables, ["verify", guest.Address.AbsoluteUri, .. _world.Trust()[..2]])).Expect(30);
        Assert.Equal(0, guest.Attestations);
    }

    [Fact]
    public async Task Variables_take_the_place_of_options()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        Dictionary<string, string> variables = _world.Variables;
        variables["CFM_ENDPOINT_URL"] = guest.Address.AbsoluteUri;
        variables["CFM_POLICY"] = _world.Folder["policy.dsse.json"];
        variables["CFM_OWNER"] = _world.Folder["owner.pub.pem"];
        variables["CFM_DEVELOPMENT_ROOT"] = _world.Folder["ark.pem"];
        (await Cfm.RunAsync(variables, "verify")).Expect(0);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();
}
