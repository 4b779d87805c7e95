using System.Diagnostics;

namespace ConfidentialOperator.Inference.Tests.Peers;

/// <summary>Programs of others in the shared folder; without them a test is skipped, and in the pipeline it fails.</summary>
internal static class PeerProgram
{
    public static string Find(params string[] path)
    {
        string shared = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? Path.Combine(Generation.TestModels.Root, "..", "shared");
        string program = Path.GetFullPath(Path.Combine([shared, "peers", .. path]));
        if (!File.Exists(program))
        {
            Generation.TestModels.Missing($"NOT TESTED: {string.Join('/', path)} is not in the folder \"shared/peers\" beside the repository; set CONFIDENTIAL_SHARED.");
        }

        return program;
    }

    /// <summary>Runs a program to its end and returns what it wrote; it must end well.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(program)} ended with {process.ExitCode}: {await output} {await error}");
        return await output;
    }
}
