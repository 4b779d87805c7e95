using System.Diagnostics;
using ConfidentialOperator.Attestation.Tests.Running;

namespace ConfidentialOperator.Attestation.Tests.Peers;

/// <summary>Verifiers that others wrote: <c>peers</c> in Go and <c>rust/peers-rs</c>.</summary>
internal static class PeerProgram
{
    public const string Go = "peers";
    public const string Rust = "rust/peers-rs";

    public static IReadOnlyList<string> All { get; } = [Go, Rust];

    /// <summary>Runs a subcommand to its end and returns its exit code and its lines.</summary>
    public static async Task<(int Code, string[] Lines)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(SharedFolder.Peer(program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, [.. (output + "\n" + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
