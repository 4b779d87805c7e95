using System.Diagnostics;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.FakeTee.Endpoints;

namespace ConfidentialOperator.Cli.Tests.Endpoints;

/// <summary>Evidence that real hardware made, examined offline at a given time. A policy for each kind is made from what the evidence itself says.</summary>
public sealed class RecordedEvidenceTests : IAsyncLifetime
{
    private readonly CliWorld _world = new();

    /// <summary>Gets one item of each kind: file, collateral beside it, a time at which it was valid.</summary>
    public static TheoryData<string, string, string, string> Items => new()
    {
        { "snp-v5-turin-oak", "report.bin", "snp", "2026-03-01T00:00:00Z" },
        { "snp-v3-milan-vlek-aws-use2", "report.bin", "snp", "2025-11-10T22:14:21Z" },
        { "nitro-2025-dstack-indefinite", "attestation.cbor", "nitro", "2025-12-25T16:05:19Z" },
        { "tdx-v4-gce-cos113", "quote.bin", "tdx", "2025-07-22T09:13:34Z" },
        { "tdx-v5-go-90c06f", "quote.bin", "tdx", "2026-03-31T22:20:07Z" },
        { "sample-ok", "evidence.json", "sample", "2026-01-01T00:00:00Z" },
    };

    [Theory]
    [MemberData(nameof(Items))]
    public async Task Real_evidence_is_accepted_by_a_policy_made_for_it_and_refused_by_another(string item, string file, string kind, string at)
    {
        string folder = Shared.Find("vectors/" + item);
        string[] evidence = ["--evidence", Path.Combine(folder, file), "--collateral", folder, .. Collateral(folder), "--at", at, .. kind == "sample" ? (string[])["--allow-sample"] : []];
        _world.Folder.Write("none.json", RecordedPolicies.Without(kind));
        Cfm refused = (await VerifyAsync("none.json", [.. evidence, "-o", "json"])).Expect(10);
        Assert.Empty(SchemaCheck.Faults(refused.Json));
        Assert.Equal("TeeNotAccepted", refused.Json["reason"]!.GetValue<string>());
        Assert.True(refused.Json["genuine"]!.GetValue<bool>());

        _world.Folder.Write("own.json", RecordedPolicies.For(kind, refused.Json["evidence"]!));
        Cfm accepted = (await VerifyAsync("own.json", [.. evidence, "-o", "json"])).Expect(0);
        Assert.Empty(SchemaCheck.Faults(accepted.Json));
        Assert.Equal(kind, accepted.Json["evidence"]!["tee"]!.GetValue<string>());
        Assert.Empty(accepted.Json["policy"]!["signers"]!.AsArray());
        await AskPeerAsync(_world.Folder.Write("verdict.json", accepted.Output));

        Cfm text = (await VerifyAsync("own.json", evidence)).Expect(0);
        Assert.EndsWith("accepted\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("NOT SIGNED", text.Output, StringComparison.Ordinal);
        Assert.All(accepted.Json["rules"]!.AsArray(), rule => Assert.Contains($"({rule!["specification"]})", text.Output, StringComparison.Ordinal));
        Cfm ear = (await VerifyAsync("own.json", [.. evidence, "-o", "ear"])).Expect(0);
        Assert.Equal(kind == "sample" ? "warning" : "affirming", ear.Json["submods"]!["cpu0"]!["ear.status"]!.GetValue<string>());
    }

    /// <summary>These VMs were started without initdata, so no policy accepts them: everything else holds.</summary>
    [Theory]
    [InlineData("azure-snp-coco-v2", "az-snp-vtpm", "2026-03-01T00:00:00Z")]
    [InlineData("azure-snp-coco-v1", "az-snp-vtpm", "2026-03-01T00:00:00Z")]
    public async Task Azure_VMs_without_initdata_fail_by_that_alone(string item, string kind, string at)
    {
        string[] evidence = ["--evidence", Path.Combine(Shared.Find("vectors/" + item), "evidence.json"), "--at", at, "-o", "json"];
        _world.Folder.Write("none.json", RecordedPolicies.Without(kind));
        Cfm refused = (await VerifyAsync("none.json", evidence)).Expect(10);
        _world.Folder.Write("own.json", RecordedPolicies.For(kind, refused.Json["evidence"]!));
        Cfm run = (await VerifyAsync("own.json", evidence)).Expect(10);
        Assert.Empty(SchemaCheck.Faults(run.Json));
        Assert.True(run.Json["genuine"]!.GetValue<bool>());
        JsonNode failed = Assert.Single(run.Json["rules"]!.AsArray(), rule => rule!["outcome"]!.GetValue<string>() is "failed" or "notreached")!;
        Assert.Equal(("initdata", "InitDataNotAccepted"), (failed["rule"]!.GetValue<string>(), failed["reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_device_is_examined_with_its_certificates_beside_it()
    {
        string folder = Shared.Find("vectors/nvidia-h100-550.90.07-full");
        string[] words = ["--evidence", Path.Combine(folder, "report.bin"), "--collateral", folder, "--at", "2026-03-01T00:00:00Z", "-o", "json"];
        _world.Folder.Write("none.json", RecordedPolicies.Without("snp"));
        Assert.Empty(SchemaCheck.Faults((await VerifyAsync("none.json", words)).Expect(10).Json));
        _world.Folder.Write("gpu.json", RecordedPolicies.ForDevice("HOPPER"));
        Cfm run = (await VerifyAsync("gpu.json", words)).Expect(0);
        Assert.Empty(SchemaCheck.Faults(run.Json));
        Assert.Equal("GH100", Assert.Single(run.Json["devices"]!.AsArray())!["chip"]!.GetValue<string>());
        Cfm ear = (await VerifyAsync("gpu.json", [.. words[..^1], "ear"])).Expect(0);
        Assert.Equal("affirming", ear.Json["submods"]!["gpu0"]!["ear.status"]!.GetValue<string>());
        (await VerifyAsync("gpu.json", [.. words, "--nonce", new string('a', 64)])).Expect(10);
        _world.Folder.Write("other.json", RecordedPolicies.ForDevice("BLACKWELL"));
        (await VerifyAsync("other.json", words)).Expect(10);
    }

    [Theory]
    [InlineData("00", 0)]
    [InlineData("01", 10)]
    public async Task Report_data_that_is_given_must_be_there(string last, int code)
    {
        string folder = Shared.Find("vectors/snp-v5-turin-oak");
        string[] evidence = ["--evidence", Path.Combine(folder, "report.bin"), "--collateral", Path.Combine(folder, "vcek.der"), "--collateral", Path.Combine(folder, "chain.pem"),
            "--at", "2025-12-01T00:00:00Z", "-o", "json"];
        _world.Folder.Write("none.json", RecordedPolicies.Without("snp"));
        JsonNode found = (await VerifyAsync("none.json", evidence)).Expect(10).Json;
        JsonNode rule = found["rules"]!.AsArray().Single(one => one!["rule"]!.GetValue<string>() == "report-data")!;
        Assert.Equal("noted", rule["outcome"]!.GetValue<string>());
        _world.Folder.Write("own.json", RecordedPolicies.For("snp", found["evidence"]!));
        (await VerifyAsync("own.json", [.. evidence, "--report-data", rule["found"]!.GetValue<string>()[..126] + last])).Expect(code);
    }

    [Fact]
    public async Task Without_collateral_or_with_none_that_can_be_read_nothing_is_genuine()
    {
        string folder = Shared.Find("vectors/snp-v5-turin-oak");
        _world.Folder.Write("none.json", RecordedPolicies.Without("snp"));
        Cfm run = (await VerifyAsync("none.json", "--evidence", Path.Combine(folder, "report.bin"), "-o", "json")).Expect(10);
        Assert.Empty(SchemaCheck.Faults(run.Json));
        Assert.Equal("ChainUntrusted", run.Json["reason"]!.GetValue<string>());
        Assert.Contains(run.Json["rules"]!.AsArray(), rule => rule!["outcome"]!.GetValue<string>() == "notreached");
    }

    [Fact]
    public async Task A_guests_document_is_examined_with_the_nonce_that_was_sent()
    {
        GuestEndpoint guest = await _world.StartGuestAsync();
        string nonce = new('a', 64);
        using var http = new HttpClient();
        string document = _world.Folder.Write("document.json", await http.GetStringAsync(
            new Uri(guest.Address, "/.well-known/confidential-model/attestation?nonce=" + nonce), TestContext.Current.CancellationToken));
        string[] words = ["verify", "--evidence", document, .. _world.Trust(), "-o", "json"];
        Cfm run = (await Cfm.RunAsync(_world.Variables, [.. words, "--nonce", nonce])).Expect(0);
        Assert.Empty(SchemaCheck.Faults(run.Json));
        Assert.Single(run.Json["policy"]!["signers"]!.AsArray());
        Assert.Equal("NonceMismatch", (await Cfm.RunAsync(_world.Variables, [.. words, "--nonce", new string('b', 64)])).Expect(10).Json["rules"]!.AsArray()
            .Single(rule => rule!["rule"]!.GetValue<string>() == "nonce")!["reason"]!.GetValue<string>());
        (await Cfm.RunAsync(_world.Variables, words)).Expect(30);
    }

    [Theory]
    [InlineData(20, "no evidence")]
    [InlineData(30, "{\"attestation_report\":7}")]
    [InlineData(20, "{}")]
    public async Task What_is_no_evidence_has_its_exit_code(int code, string content)
    {
        _world.Folder.Write("none.json", RecordedPolicies.Without("snp"));
        Cfm run = (await VerifyAsync("none.json", "--evidence", _world.Folder.Write("evidence", content), "-o", "json")).Expect(code);
        Assert.Empty(SchemaCheck.Faults(run.Json));
    }

    [Fact]
    public async Task A_bare_policy_is_taken_only_when_that_is_said()
    {
        _world.Folder.Write("none.json", RecordedPolicies.Without("snp"));
        string evidence = _world.Folder.Write("evidence", "{}");
        (await Cfm.RunAsync(_world.Variables, "verify", "--evidence", evidence, "--policy", _world.Folder["none.json"])).Expect(30);
        (await Cfm.RunAsync(_world.Variables, "verify", "--evidence", evidence, "--policy", _world.Folder["none.json"], "--owner", _world.Folder["owner.pub.pem"])).Expect(30);
    }

    [Theory]
    [InlineData("--at", "2026-01-01T00:00:00Z")]
    [InlineData("--report-data", "00")]
    [InlineData("--unsigned-policy", null)]
    [InlineData("--allow-sample", null)]
    public async Task An_option_of_recorded_evidence_is_not_passed_over_for_an_endpoint(string option, string? value)
    {
        Cfm run = (await Cfm.RunAsync(_world.Variables, ["verify", "http://127.0.0.1:1", .. _world.Trust(), option, .. value is null ? (string[])[] : [value]])).Expect(30);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private static string[] Collateral(string folder) => Directory.Exists(Path.Combine(folder, "collateral")) ? ["--collateral", Path.Combine(folder, "collateral")] : [];

    private Task<Cfm> VerifyAsync(string policy, params IReadOnlyList<string> more) =>
        Cfm.RunAsync(_world.Variables, ["verify", "--policy", _world.Folder[policy], "--unsigned-policy", .. more]);

    private static async Task AskPeerAsync(string verdict)
    {
        using Process process = Process.Start(new ProcessStartInfo(Shared.Find("peers/peers"),
            ["jsonschema", "-schema", Repository.Path("docs/reference/appraisal.schema.json"), verdict])
        { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
    }
}
