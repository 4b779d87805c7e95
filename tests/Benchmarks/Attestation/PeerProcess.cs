using System.Diagnostics;
using System.Text.Json;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A verifier that others wrote, which verifies the same evidence again and again and tells the processor time of each.</summary>
internal static class PeerProcess
{
    /// <summary>Returns its verifications per second of processor time; throws when it refuses the evidence.</summary>
    public static async Task<double> MeasureAsync(string program, string folder, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = folder })!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        using JsonDocument line = JsonDocument.Parse(output.Trim());
        return process.ExitCode == 0 && line.RootElement.GetProperty("failed").GetInt32() == 0 ? 1000 / line.RootElement.GetProperty("cpu_ms_per_op").GetDouble()
            : throw new InvalidOperationException($"'{program}' refused the evidence: {output}");
    }
}
