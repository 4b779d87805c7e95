using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Tests.Verbs;

/// <summary>Policies for hardware beyond SEV-SNP: each rule is given or waived by its name.</summary>
public sealed class HardwareRulesTests : IDisposable
{
    private static readonly string s_digest = new('a', 96);
    private static readonly string[] s_tdx =
    [
        "--tdx", "mrTd=" + s_digest, "--tdx", "rtmr0=" + s_digest, "--tdx", "rtmr1=" + s_digest, "--tdx", "rtmr1=" + new string('b', 96), "--tdx", "rtmr2=" + s_digest,
        "--waive", "tdx.rtmr3=written at run time", "--tdx", "mrSeam=" + s_digest, "--waive", "tdx.mrOwner=unused", "--waive", "tdx.mrOwnerConfig=unused",
        "--waive", "tdx.mrServiceTd=unused", "--tdx", "attributes=septVeDisableRequired:true,migratableAllowed:false,perfmonAllowed:false,keyLockerAllowed:false,pksAllowed:true",
        "--tdx", "xfam=e702060000000000", "--tdx", "tcbStatuses=UpToDate", "--tdx", "tcbStatuses=SWHardeningNeeded", "--tdx", "advisories=none",
        "--tdx", "minimumTcbEvaluationDataNumber=17", "--tdx", "collateralAge=2592000", "--waive", "tdx.platformInstances=any of the provider", "--tdx", "eventLog=true",
    ];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_policy_for_TDX_has_every_rule()
    {
        TrustPolicy policy = await MadeAsync("tdx", s_tdx);
        Assert.Null(policy.Snp);
        Assert.Equal(s_digest, Assert.Single(policy.Tdx!.MrTd).ToString());
        Assert.Equal(2, policy.Tdx.Rtmr[1].Value!.Count);
        Assert.Equal([TdxTcbStatus.UpToDate, TdxTcbStatus.SWHardeningNeeded], policy.Tdx.TcbStatuses);
        Assert.True(policy.Tdx.Attributes.Value!.PksAllowed);
        Assert.Equal(5, policy.Waivers.Count);
    }

    [Fact]
    public async Task A_policy_for_Azure_demands_PCRs_above_the_hardware()
    {
        TrustPolicy policy = await MadeAsync("tdx", [.. s_tdx, "--azure", "pcrs.4=" + new string('c', 64), "--waive", "azure.pcrs.others=not of the boot chain"]);
        Assert.Null(policy.Tdx);
        Assert.Equal(new string('c', 64), Assert.Single(policy.AzureTdx!.Pcrs[4].Value!).ToString());
        Assert.Equal("not of the boot chain", policy.AzureTdx.Pcrs[7].WaivedBecause);
    }

    [Fact]
    public async Task A_policy_for_Nitro_names_its_PCRs()
    {
        string[] pcrs = [.. Enumerable.Range(0, 3).SelectMany(index => (string[])["--nitro", $"pcrs.{index}={s_digest}"]),
            .. Enumerable.Range(3, 6).SelectMany(index => (string[])["--waive", $"nitro.pcrs.{index}=not used"])];
        TrustPolicy policy = await MadeAsync("nitro", [.. pcrs, "--nitro", "maximumAge=300", "--waive", "nitro.initData=part of the image"]);
        Assert.Equal(300, policy.Nitro!.MaximumAge.Value!.Seconds);
        Assert.Equal(s_digest, Assert.Single(policy.Nitro.Pcrs[0].Value!).ToString());
        Assert.Contains("cannot be waived", (await CreateAsync("nitro", [.. pcrs[2..], "--waive", "nitro.pcrs.0=any"])).Expect(30).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tdx", "rtmr3=00")]
    [InlineData("--tdx", "everything=00")]
    [InlineData("--tdx", "eventLog=false")]
    [InlineData("--tdx", "collateralAge=soon")]
    [InlineData("--tdx", "attributes=pksAllowed:true")]
    [InlineData("--waive", "tdx.mrTd=any")]
    [InlineData("--waive", "chips=any")]
    [InlineData("--waive", "tdx.everything=any")]
    [InlineData("--measurement", "00")]
    [InlineData("--nitro", "maximumAge=300")]
    [InlineData("--gpu", "count=gpus:1,switches:0")]
    public async Task A_wrong_or_strange_rule_is_refused(params string[] wrong) =>
        Assert.StartsWith("error: PolicyInvalid: ", (await CreateAsync("tdx", [.. s_tdx, .. wrong])).Expect(30).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_rule_that_is_neither_given_nor_waived_is_refused()
    {
        Cfm run = (await CreateAsync("tdx", s_tdx[..^2])).Expect(30);
        Assert.Contains("'tdx.eventLog' is neither given nor waived", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_and_diff_know_every_section()
    {
        await MadeAsync("tdx", s_tdx, "old.json");
        await MadeAsync("tdx", [.. s_tdx, "--tdx", "mrTd=" + new string('d', 96)], "new.json");
        JsonNode shown = (await Cfm.RunAsync("policy", "show", _folder["new.json"], "-o", "json")).Expect(0).Json;
        Assert.Equal(5, shown["waivers"]!.AsArray().Count);
        Cfm diff = (await Cfm.RunAsync("policy", "diff", _folder["old.json"], _folder["new.json"])).Expect(0);
        Assert.Contains("tee.tdx.mrTd[]", diff.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<TrustPolicy> MadeAsync(string example, string[] rules, string name = "policy.json")
    {
        (await CreateAsync(example, rules, name)).Expect(0);
        Assert.True(TrustPolicy.TryParse(File.ReadAllBytes(_folder[name]), out TrustPolicy? policy, out Refusal? refusal), refusal?.Message);
        return policy;
    }

    private Task<Cfm> CreateAsync(string example, string[] rules, string name = "policy.json")
    {
        string text = File.ReadAllText(Repository.Path("crds/examples/snp.yaml")).Replace("type: snp", "type: " + example, StringComparison.Ordinal);
        string model = _folder.Write("model.yaml", text);
        return Cfm.RunAsync(["policy", "create", "-f", model, "--policy-version", "1", "--minimum-model-version", "1", "--valid-days", "30", "--out", _folder[name], .. rules]);
    }
}
