using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;

namespace ConfidentialOperator.Cli.Tests.Processes;

/// <summary>The owner's verbs against the real key broker.</summary>
public sealed class BrokerTests : IAsyncLifetime
{
    private const string Resource = "kbs:///clinic/triage-notes/v3";
    private readonly CliWorld _world = new();
    private BrokerProcess? _broker;

    private TemporaryFolder Folder => _world.Folder;

    [Fact]
    public async Task A_key_is_stored_and_deleted_and_the_log_tells_it()
    {
        (await RunAsync("key", "upload", Resource, "--file", Folder["model.key"], "--owner-key", Folder["first.pem"])).Expect(0);
        (await RunAsync("key", "delete", Resource, "--owner-key", Folder["first.pem"], "-o", "json")).Expect(0);
        Cfm head = (await RunAsync("audit", "fetch", "--tenant", "clinic", "--owner-key", Folder["first.pem"], "--out", Folder["audit.jsonl"], "-o", "json")).Expect(0);
        Cfm verified = (await VerifyLogAsync("--head", head.Json["head"]!.GetValue<string>())).Expect(0);
        string[] events = [.. verified.Json["records"]!.AsArray().Select(record => record!["event"]!.GetValue<string>())];
        Assert.Contains("ResourceStored", events);
        Assert.Contains("ResourceDeleted", events);
        Assert.DoesNotContain(Convert.ToHexString(File.ReadAllBytes(Folder["model.key"])), verified.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_log_that_was_changed_or_cut_is_rejected()
    {
        (await RunAsync("key", "upload", Resource, "--file", Folder["model.key"], "--owner-key", Folder["first.pem"])).Expect(0);
        Cfm head = (await RunAsync("audit", "fetch", "--tenant", "clinic", "--owner-key", Folder["first.pem"], "--out", Folder["audit.jsonl"], "-o", "json")).Expect(0);
        string honest = File.ReadAllText(Folder["audit.jsonl"]);
        Folder.Write("audit.jsonl", honest.Replace("ResourceStored", "ResourceDeleted", StringComparison.Ordinal));
        Assert.StartsWith("error: AuditChainBroken: ", (await VerifyLogAsync()).Expect(10).Error, StringComparison.Ordinal);
        Folder.Write("audit.jsonl", "");
        (await VerifyLogAsync()).Expect(0);
        (await VerifyLogAsync("--head", head.Json["head"]!.GetValue<string>())).Expect(10);
    }

    [Fact]
    public async Task A_stranger_stores_nothing()
    {
        (await Cfm.RunAsync("keygen", "--owner-key", Folder["stranger.pem"])).Expect(0);
        Cfm run = (await RunAsync("key", "upload", Resource, "--file", Folder["model.key"], "--owner-key", Folder["stranger.pem"])).Expect(10);
        Assert.StartsWith("error: NotAuthorized: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_comes_in_force_and_never_goes_back()
    {
        Cfm run = (await PushAsync(version: 2)).Expect(0);
        Assert.Equal(2, run.Json["policyVersion"]!.GetValue<int>());
        Assert.StartsWith("error: PolicyRolledBack: ", (await PushAsync(version: 1)).Expect(10).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stranger", "PolicySignatureInvalid")]
    [InlineData("expired", "PolicyExpired")]
    [InlineData("older", "PolicyRolledBack")]
    public async Task A_policy_that_is_refused_has_one_reason_in_answer_log_and_audit_log(string fault, string reason)
    {
        (await PushAsync(version: 2)).Expect(0);
        (await Cfm.RunAsync("keygen", "--owner-key", Folder["stranger.pem"])).Expect(0);
        Cfm run = (await PushAsync(fault == "older" ? 1 : 3, fault == "stranger" ? "stranger" : "first", fault == "expired" ? 1_577_836_800 : null)).Expect(10);
        Assert.StartsWith($"error: {reason}: ", run.Error, StringComparison.Ordinal);
        await _broker!.UntilLoggedAsync("clinic/triage-notes", reason);
        await RunAsync("audit", "fetch", "--tenant", "clinic", "--owner-key", Folder["first.pem"], "--out", Folder["audit.jsonl"]);
        Cfm log = (await VerifyLogAsync()).Expect(0);
        Assert.Contains(log.Json["records"]!.AsArray(), record => (string?)record!["event"] == "PolicyRefused" && (string?)record["reason"] == reason);
        Assert.Contains("policyVersion", (await PushAsync(version: 4)).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_take_the_place_of_options()
    {
        var variables = new Dictionary<string, string> { ["CFM_BROKER_URL"] = _broker!.Address, ["CFM_BROKER_CA"] = _broker.Ca };
        (await Cfm.RunAsync(variables, "key", "upload", Resource, "--file", Folder["model.key"], "--owner-key", Folder["first.pem"])).Expect(0);
    }

    [Fact]
    public async Task A_broker_of_another_authority_is_not_spoken_to()
    {
        Cfm run = (await Cfm.RunAsync("key", "upload", Resource, "--file", Folder["model.key"], "--owner-key", Folder["first.pem"], "--broker", _broker!.Address)).Expect(1);
        Assert.StartsWith("error: KeyBrokerUnavailable: ", run.Error, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        (await Cfm.RunAsync("keygen", "--owner-key", Folder["first.pem"], "--model-key", Folder["model.key"])).Expect(0);
        _broker = await BrokerProcess.StartAsync(Folder["broker"], "clinic", Folder["first.pub.pem"]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        await _world.DisposeAsync();
    }

    private async Task<Cfm> PushAsync(int version, string owner = "first", long? notAfter = null)
    {
        string measurement = Convert.ToHexStringLower(SHA384.HashData("guest"u8));
        (await Cfm.RunAsync("policy", "create", "-f", Repository.Path("crds/examples/snp.yaml"), "--measurement", measurement, "--policy-version", $"{version}",
            "--minimum-model-version", "3", "--valid-days", "9", "--out", Folder["p.json"], "--minimum-tcb", "Milan=bootloader:4,tee:0,snp:24,microcode:219",
            "--guest-policy", "smt=true,single-socket=false", "--waive", "chips=x", "--waive", "idKeyDigests=x", "--waive", "authorKeyDigests=x",
            "--waive", "revocation=x")).Expect(0);
        if (notAfter is not null)
        {
            JsonNode policy = JsonNode.Parse(File.ReadAllText(Folder["p.json"]))!;
            policy["notAfter"] = notAfter;
            Folder.Write("p.json", policy.ToJsonString());
        }

        (await Cfm.RunAsync("policy", "sign", Folder["p.json"], "--owner-key", Folder[$"{owner}.pem"], "--out", Folder["p.dsse.json"])).Expect(0);
        return await RunAsync("policy", "push", Folder["p.dsse.json"], "-o", "json");
    }

    private Task<Cfm> RunAsync(params IReadOnlyList<string> args) => Cfm.RunAsync([.. args, "--broker", _broker!.Address, "--ca", _broker.Ca]);

    private Task<Cfm> VerifyLogAsync(params string[] more) => Cfm.RunAsync([
        "audit", "verify", Folder["audit.jsonl"], "--audit-key", Path.Combine(_broker!.Folder, "audit.pub"), "--tenant", "clinic", "-o", "json", .. more]);
}
