using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class PolicyTests : IDisposable
{
    private static readonly string s_measurement = new('a', 96);
    private static readonly string[] s_checks =
    [
        "--minimum-tcb", "Milan=bootloader:4,tee:0,snp:24,microcode:219", "--guest-policy", "smt=true,single-socket=false",
        "--waive", "chips=any of our machines", "--waive", "idKeyDigests=no ID block", "--waive", "authorKeyDigests=no ID block", "--revocation-list-required",
    ];

    private readonly TemporaryFolder _folder = new();

    private static string Example => Repository.Path("crds/examples/snp.yaml");

    [Fact]
    public async Task Create_takes_what_the_resource_says()
    {
        (await CreateAsync("policy.json", s_checks)).Expect(0);
        Assert.True(TrustPolicy.TryParse(File.ReadAllBytes(_folder["policy.json"]), out TrustPolicy? policy, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(("clinic", "triage-notes", 7L), (policy.Tenant, policy.Model, policy.PolicyVersion));
        Assert.Equal(["kbs:///clinic/triage-notes/v3", "kbs:///clinic/triage-notes-callers/v1"], policy.Resources.Select(resource => resource.ToString()));
        Assert.Equal(File.ReadAllText(Repository.Path("tests/Golden/snp/initdata.sha256")).Trim(), Assert.Single(policy.InitDataDigests).ToString());
        Assert.Equal("any of our machines", policy.Snp!.Chips.WaivedBecause);
        Assert.Equal(219, Assert.Single(policy.Snp.MinimumTcb.Value!).Value.Microcode);
        Assert.False(policy.Development);
        Assert.False(policy.Snp.GuestPolicy.Value!.CxlAllowed);
        Assert.Equal("not demanded when the policy was made", policy.Snp.Platform.WaivedBecause);
    }

    [Fact]
    public async Task Create_takes_every_demand_on_the_hardware()
    {
        string[] checks =
        [
            "--minimum-tcb", "Turin=fmc:1,bootloader:1,tee:0,snp:2,microcode:71", "--minimum-firmware", "1.55.61", "--mitigations", "launch=000000000000000b,current=000000000000000f",
            "--chip", new string('0', 128), "--provider", "CN=cc-us-east-2.amazonaws.com", "--id-key-digest", new string('1', 96), "--author-key-digest", new string('2', 96),
            "--family-id", new string('3', 32), "--image-id", new string('4', 32), "--minimum-guest-svn", "5", "--revocation-list-required",
            "--guest-policy", "smt=false,single-socket=true,cxl=false,aes-256-xts=true,rapl-disabled=true,ciphertext-hiding=true,page-swap-disabled=true,abi=1.58",
            "--platform", "smt=false,tsme=true,ecc=true,rapl-disabled=true,ciphertext-hiding=true,alias-check=true,iommu-write-safe=true,tio=true,unknown-flags=true",
        ];
        (await CreateAsync("policy.json", checks)).Expect(0);
        Assert.True(TrustPolicy.TryParse(File.ReadAllBytes(_folder["policy.json"]), out TrustPolicy? policy, out Refusal? refusal), refusal?.ToString());
        Assert.Empty(policy.Waivers);
        SnpPolicy snp = policy.Snp!;
        Assert.Equal(("1.55.61", 0xBul, 0xFul, 5u), ($"{snp.MinimumFirmware.Value}", snp.Mitigations.Value!.Launch, snp.Mitigations.Value.Current, snp.MinimumGuestSvn.Value!.AtLeast));
        Assert.Equal((false, true, true, true, true), (snp.GuestPolicy.Value!.CxlAllowed, snp.GuestPolicy.Value.Aes256XtsRequired, snp.GuestPolicy.Value.RaplDisabledRequired,
            snp.GuestPolicy.Value.CiphertextHidingRequired, snp.GuestPolicy.Value.PageSwapDisabledRequired));
        Assert.Equal((true, true, true, true), (snp.Platform.Value!.AliasCheckRequired, snp.Platform.Value.IommuWriteSafeRequired, snp.Platform.Value.TioAllowed,
            snp.Platform.Value.UnknownFlagsAllowed));
    }

    [Fact]
    public async Task Create_takes_measurements_in_hex_and_from_files_of_cfm_measure()
    {
        string file = _folder.Write("measured.json", $$$"""{"kind":"launch-measurement","tee":"snp","values":{"measurement":"{{{new string('b', 96)}}}"}}""");
        (await CreateAsync("policy.json", [.. s_checks, "--measurement", "@" + file])).Expect(0);
        Assert.True(TrustPolicy.TryParse(File.ReadAllBytes(_folder["policy.json"]), out TrustPolicy? policy, out Refusal? refusal), refusal?.ToString());
        Assert.Equal([s_measurement, new string('b', 96)], policy.Snp!.Measurements.Select(digest => digest.ToString()));
    }

    [Theory]
    [InlineData("""{"kind":"launch-measurement","tee":"tdx","values":{"measurement":"aa"}}""", "the tee 'snp'")]
    [InlineData("""{"kind":"other","tee":"snp","values":{"measurement":"aa"}}""", "the kind 'launch-measurement'")]
    [InlineData("""{"kind":"launch-measurement","tee":"snp","values":{"measurement":"aa"}}""", "values.measurement must be 96 hex digits")]
    [InlineData("""{"kind":"launch-measurement","tee":"snp"}""", "values.measurement must be 96 hex digits")]
    [InlineData("[]", "it must be a JSON object")]
    [InlineData("aa", "it is not JSON")]
    public async Task A_file_that_is_no_measurement_of_this_hardware_is_refused(string text, string sentence)
    {
        Cfm run = await CreateAsync("policy.json", [.. s_checks, "--measurement", "@" + _folder.Write("measured.json", text)]);
        Assert.StartsWith("error: PolicyInvalid: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--revocation-list-required", "revocation")]
    [InlineData("--guest-policy", "guestPolicy")]
    [InlineData("--minimum-tcb", "minimumTcb")]
    public async Task A_check_that_is_neither_given_nor_waived_is_refused(string left, string check)
    {
        string[] rest = [.. s_checks.Where((word, at) => word != left && (at == 0 || s_checks[at - 1] != left || left == "--revocation-list-required"))];
        Cfm run = (await CreateAsync("policy.json", rest)).Expect(30);
        Assert.Contains($"'{check}' is neither given nor waived", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["policy.json"]));
    }

    [Theory]
    [InlineData("--waive", "revocation=lazy")]
    [InlineData("--waive", "everything=lazy")]
    [InlineData("--waive", "revocation")]
    [InlineData("--chip", "abcd")]
    [InlineData("--minimum-tcb", "Milan=bootloader:4")]
    [InlineData("--minimum-tcb", "Rome=bootloader:4,tee:0,snp:24,microcode:219")]
    [InlineData("--measurement", "00")]
    [InlineData("--vmpl", "4")]
    [InlineData("--minimum-firmware", "1.55")]
    [InlineData("--mitigations", "launch=0b,current=0b")]
    [InlineData("--platform", "tsme=true")]
    [InlineData("--platform", "smt=true,everything=true")]
    [InlineData("--family-id", "00")]
    public async Task A_wrong_check_is_refused(params string[] wrong) =>
        Assert.StartsWith("error: PolicyInvalid: ", (await CreateAsync("policy.json", [.. s_checks, .. wrong])).Expect(30).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_signed_policy_opens_with_the_owners_key_and_no_other()
    {
        await OwnersAsync("first", "second");
        (await CreateAsync("policy.json", s_checks)).Expect(0);
        (await Cfm.RunAsync("policy", "sign", _folder["policy.json"], "--owner-key", _folder["first.pem"], "--out", _folder["policy.dsse.json"])).Expect(0);
        Cfm good = (await Cfm.RunAsync("policy", "show", _folder["policy.dsse.json"], "--owner", _folder["first.pub.pem"], "-o", "json")).Expect(0);
        Assert.StartsWith("verified: ", good.Json["signature"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(10, good.Json["waivers"]!.AsArray().Count);
        Cfm bad = (await Cfm.RunAsync("policy", "show", _folder["policy.dsse.json"], "--owner", _folder["second.pub.pem"])).Expect(10);
        Assert.StartsWith("error: PolicySignatureInvalid: ", bad.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_owner_adds_a_signature_to_the_same_bytes()
    {
        await OwnersAsync("first", "second");
        (await CreateAsync("policy.json", s_checks)).Expect(0);
        Cfm one = (await SignAsync("policy.json", "one.json", "first")).Expect(0);
        Cfm two = (await SignAsync("one.json", "two.json", "second")).Expect(0);
        Assert.Equal(one.Json["sha256"]!.GetValue<string>(), two.Json["sha256"]!.GetValue<string>());
        Assert.Equal(2, two.Json["signers"]!.AsArray().Count);
        (await Cfm.RunAsync("policy", "show", _folder["two.json"], "--owner", _folder["second.pub.pem"])).Expect(0);
    }

    [Fact]
    public async Task Diff_names_the_members_that_change()
    {
        (await CreateAsync("old.json", s_checks)).Expect(0);
        (await CreateAsync("new.json", [.. s_checks, "--measurement", new string('b', 96)])).Expect(0);
        Cfm run = (await Cfm.RunAsync("policy", "diff", _folder["old.json"], _folder["new.json"], "-o", "json")).Expect(0);
        JsonNode change = Assert.Single(run.Json.AsArray(), entry => entry!["path"]!.GetValue<string>() != "notAfter")!;
        Assert.Equal("tee.snp.measurements[]", change["path"]!.GetValue<string>());
        Assert.Null(change["before"]);
        Assert.Equal(new string('b', 96), change["after"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_is_no_policy_is_malformed()
    {
        string file = _folder.Write("policy.json", "{}");
        (await Cfm.RunAsync("policy", "show", file)).Expect(30);
        (await Cfm.RunAsync("policy", "show", _folder["nothing.json"])).Expect(30);
    }

    [Fact]
    public async Task A_strangers_policy_cannot_paint_over_what_is_shown()
    {
        await using var world = new CliWorld();
        world.WritePolicy("painted.json", policy => policy with { Snp = policy.Snp! with { Chips = Expect.Waived<IReadOnlyList<ByteString>>("\u001b[2Jsigned") } });
        Cfm run = await Cfm.RunAsync("policy", "show", world.Folder["painted.json"], "--owner", world.Folder["owner.pub.pem"]);
        Assert.Contains("[2Jsigned", run.Expect(0).Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task An_unsigned_policy_is_not_pushed()
    {
        (await CreateAsync("policy.json", s_checks)).Expect(0);
        Cfm run = (await Cfm.RunAsync("policy", "push", _folder["policy.json"], "--broker", "https://127.0.0.1:1")).Expect(10);
        Assert.StartsWith("error: PolicySignatureInvalid: ", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Cfm> CreateAsync(string name, IReadOnlyList<string> checks) => Cfm.RunAsync([
        "policy", "create", "-f", Example, "--measurement", s_measurement, "--policy-version", "7", "--minimum-model-version", "3", "--valid-days", "90",
        "--out", _folder[name], .. checks]);

    private Task<Cfm> SignAsync(string from, string to, string owner) =>
        Cfm.RunAsync("policy", "sign", _folder[from], "--owner-key", _folder[owner + ".pem"], "--out", _folder[to], "-o", "json");

    private async Task OwnersAsync(params string[] names)
    {
        foreach (string name in names)
        {
            (await Cfm.RunAsync("keygen", "--owner-key", _folder[name + ".pem"])).Expect(0);
        }
    }
}
