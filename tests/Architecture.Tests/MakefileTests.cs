using System.Diagnostics;

namespace ConfidentialOperator.Architecture.Tests;

/// <summary>The one entry point: what it offers, and what it passes on.</summary>
public sealed class MakefileTests
{
    private static readonly string[] s_targets =
        ["help", "cfm", "demo", "demo-up", "demo-down", "test", "lint", "generate", "verify", "golden", "bench", "vectors", "mutate", "fuzz", "chart", "ci", "clean"];

    [Fact]
    public async Task ListsEveryTargetWhenNoneIsNamed()
    {
        string listed = await MakeAsync("--silent");
        Assert.All(s_targets, target => Assert.Contains($"  make {target} ", listed, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("demo-up")]
    public async Task AModelIsFoundFromWhereMakeRuns(string target) =>
        Assert.Contains($"--model \"{Path.Combine(Repository.Root, "crds")}\"", await MakeAsync("--dry-run", target, "MODEL=crds"), StringComparison.Ordinal);

    private static async Task<string> MakeAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("make", arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true };
        // A test that make started must not inherit what that make was told.
        foreach (string name in (string[])["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MODEL"])
        {
            start.Environment.Remove(name);
        }

        using Process make = Process.Start(start)!;
        string output = await make.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, make.ExitCode);
        return output;
    }
}
