using System.Diagnostics;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Vectors;

namespace ConfidentialOperator.Attestation.Tests.Vectors;

/// <summary>
/// Evidence of real hardware, mutations of it, and evidence below made-up roots, each with its right verdict; and the runner itself, over a set in which
/// something is wrong.
/// </summary>
public sealed class VectorRunTests
{
    private static readonly Dictionary<string, (string Expected, Action<OwnSet> Change)> s_faults = new()
    {
        ["wrong verdict"] = ("expected reject (untrusted-root), got accept", set => (set.FirstCase["verdict"], set.FirstCase["code"]) = ("reject", "untrusted-root")),
        ["refused"] = ("expected accept (ok), got reject (ChainUntrusted: ", set => set.FirstCase.Remove("trust")),
        ["other reason"] = ("that is another reason", set => set.FirstItem["cases"]![1]!["code"] = "expired"),
        ["unknown code"] = ("code 'no-such-word' is not known for snp", set => set.FirstItem["cases"]![1]!["code"] = "no-such-word"),
        ["unknown policy key"] = ("policy key 'no_such_key' is not known for snp", set => set.FirstCase["policy"] = new JsonObject { ["no_such_key"] = false }),
        ["unknown default"] = ("policy key 'no_such_key' is not known for snp", set => set.Manifest["default_policy"]!["snp"]!["no_such_key"] = true),
        ["unknown part of a key"] = ("'minimum_tcb' has the unknown member 'x'",
            set => set.FirstCase["policy"] = new JsonObject { ["minimum_tcb"] = new JsonObject { ["x"] = 1 } }),
        ["policy value of another kind"] = ("policy key 'allow_debug' must be true or false", set => set.FirstCase["policy"] = new JsonObject { ["allow_debug"] = "no" }),
        ["no default policy"] = ("there is no default policy for tee 'snp'", set => set.Manifest["default_policy"]!.AsObject().Remove("snp")),
        ["unknown tee"] = ("tee 'sample-of-others' has no runner", set => set.FirstItem["tee"] = "sample-of-others"),
        ["unknown verdict"] = ("verdict 'maybe' is not known", set => set.FirstCase["verdict"] = "maybe"),
        ["unknown kind"] = ("kind 'dreamt' is not known", set => set.FirstItem["kind"] = "dreamt"),
        ["unknown member"] = ("member 'unless' of a case is not known", set => set.FirstCase["unless"] = "x"),
        ["unknown trust"] = ("trust 'the neighbour' is not understood", set => set.FirstCase["trust"] = "the neighbour"),
        ["cut file"] = ("file 'vcek.der' has 100 bytes and is not the one of the manifest", set => File.WriteAllBytes(set.PathOf("vcek.der"), new byte[100])),
        ["altered file"] = ("file 'report.bin' has 1184 bytes and is not the one of the manifest", set => Alter(set.PathOf("report.bin"))),
        ["missing file"] = ("file 'chain.pem' is in the manifest and not in the folder", set => File.Delete(set.PathOf("chain.pem"))),
        ["file outside"] = ("is outside the set", set => set.FirstItem["files"]![0]!["path"] = "../report.bin"),
        ["status of another TEE"] = ("expected TCB status UpToDate, found none", set => set.FirstCase["tcb_status"] = "UpToDate"),
        ["wrong fact"] = ("vmpl is 3, read as 0", set => (set.FirstItem["kind"], set.FirstItem["facts"]) = ("real", new JsonObject { ["vmpl"] = 3 })),
    };

    private const int AllCases = 836;

    public static TheoryData<string> Faults => [.. s_faults.Keys];

    public static TheoryData<string> Tees => [.. VectorRun.AllRunners.Select(runner => runner.Tee)];

    [Theory]
    [MemberData(nameof(Tees))]
    public void EveryRecordedCaseHasTheRightVerdictForTheRightReason(string tee)
    {
        string folder = SharedFolder.Vectors();
        VectorRun run = new VectorRun(VectorRun.AllRunners).Over(VectorSet.Open(folder), tee: tee);
        Assert.True(run.Wrong.Count == 0, string.Join('\n', run.Wrong));
        Assert.True(run.Right > 0, $"There is no case of {tee}.");
    }

    /// <summary>The claim: every case of the set, whatever its TEE.</summary>
    [Fact]
    public void EveryCaseOfTheSetHasARunner()
    {
        IReadOnlyList<(string Name, Func<VectorCase> Read)> cases = [.. VectorSet.Open(SharedFolder.Vectors()).Cases(null)];
        Assert.Equal(AllCases, cases.Count);
        Assert.Empty(cases.Select(entry => entry.Read().Tee).Distinct().Except(VectorRun.AllRunners.Select(runner => runner.Tee)));
    }

    [Fact]
    public void NoTeeHasTwoRunners() => Assert.Distinct(VectorRun.AllRunners.Select(runner => runner.Tee));

    [Fact]
    public void ASetInWhichNothingIsWrongIsRight()
    {
        using var set = new OwnSet();
        VectorRun run = new VectorRun(VectorRun.AllRunners).Over(VectorSet.Open(set.Folder));
        Assert.Equal((3, 0), (run.Right, run.Wrong.Count));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void WhatIsWrongIsSaidAndNothingElse(string fault)
    {
        using var set = new OwnSet();
        s_faults[fault].Change(set);
        set.Write();
        VectorRun run = new VectorRun(VectorRun.AllRunners).Over(VectorSet.Open(set.Folder));
        Assert.NotEmpty(run.Wrong);
        Assert.Contains(run.Wrong, line => line.StartsWith(OwnSet.Item, StringComparison.Ordinal) && line.Contains(s_faults[fault].Expected, StringComparison.Ordinal));
        Assert.Equal(3, run.Right + run.Wrong.Count);
    }

    /// <summary>Demands that the recorded set does not make, and others may.</summary>
    [Theory]
    [InlineData("host_data", 32, "host-data-mismatch")]
    [InlineData("chip_id", 64, "chip-not-allowed")]
    [InlineData("id_key_digest", 48, "id-key-mismatch")]
    [InlineData("author_key_digest", 48, "id-key-mismatch")]
    public void ADemandOfAnotherFieldIsKnown(string key, int length, string code)
    {
        using var set = new OwnSet();
        set.FirstCase["policy"] = new JsonObject { [key] = string.Concat(Enumerable.Repeat("ab", length)) };
        (set.FirstCase["verdict"], set.FirstCase["code"]) = ("reject", code);
        set.Write();
        VectorRun run = new VectorRun(VectorRun.AllRunners).Over(VectorSet.Open(set.Folder), name => name.EndsWith("own-root", StringComparison.Ordinal));
        Assert.Equal("1 right, 0 wrong", $"{run.Right} right, {run.Wrong.Count} wrong{string.Concat(run.Wrong)}");
    }

    [Fact]
    public void ARefusalOfADerivedItemIsRightForAnyReason()
    {
        using var set = new OwnSet();
        set.FirstItem["kind"] = "derived";
        set.FirstItem["cases"]![1]!["code"] = "expired";
        set.Write();
        Assert.Empty(new VectorRun(VectorRun.AllRunners).Over(VectorSet.Open(set.Folder)).Wrong);
        Assert.Single(new VectorRun(VectorRun.AllRunners) { IsStrict = true }.Over(VectorSet.Open(set.Folder)).Wrong);
    }

    [Theory]
    [InlineData("attestation-vectors/2", "manifest of schema 'attestation-vectors/2'")]
    [InlineData(null, "manifest of schema ''")]
    public void AnotherSchemaIsNotRead(string? schema, string expected)
    {
        using var set = new OwnSet();
        set.Manifest["schema"] = schema;
        set.Write();
        Assert.Contains(expected, Assert.Throws<VectorException>(() => VectorSet.Open(set.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnItemMustNotBeThereTwice()
    {
        using var set = new OwnSet();
        set.Manifest["items"]!.AsArray().Add(set.FirstItem.DeepClone());
        set.Write();
        Assert.Contains("is there twice", Assert.Throws<VectorException>(() => VectorSet.Open(set.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheProgramCountsOnItsLastLineAndSaysItByItsExitCode()
    {
        using var set = new OwnSet();
        Assert.Equal((0, "3 right, 0 wrong"), await RunAsync(set.Folder));
        (set.FirstCase["verdict"], set.FirstCase["code"]) = ("reject", "untrusted-root");
        set.Write();
        Assert.Equal((1, "2 right, 1 wrong"), await RunAsync(set.Folder));
        File.WriteAllText(Path.Combine(set.Folder, "manifest.json"), "{");
        Assert.Equal((2, ""), await RunAsync(set.Folder));
        Assert.Equal((2, ""), await RunAsync(Path.Combine(set.Folder, "nowhere")));
    }

    private static async Task<(int Code, string LastLine)> RunAsync(string folder)
    {
        string program = typeof(VectorRun).Assembly.Location;
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await errors;
        return (process.ExitCode, output.TrimEnd().Split('\n')[^1]);
    }

    private static void Alter(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^600] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
