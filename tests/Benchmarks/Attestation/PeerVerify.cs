using System.Diagnostics;
using System.Text.Json;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// Recorded evidence, verified by us and by a verifier that others wrote, side by side: the same files, every chain and list, evidence and policy, one after the
/// other on one thread, counted per second of processor time. Ours remembers chains and collateral or nothing; the others remember nothing.
/// </summary>
/// <param name="metric">The metric's name.</param>
/// <param name="peer">Whose verifier it is.</param>
/// <param name="make">Makes the evidence.</param>
/// <param name="remembered">Whether ours remembers.</param>
internal sealed class PeerVerify(string metric, PeerProgram peer, Func<RecordedWorkload> make, bool remembered) : IBenchmark
{
    private const int Runs = 200;
    private const int WarmUp = 2000;

    private RecordedWorkload _workload = null!;
    private string _program = "";

    public string Metric => metric;

    public string Goal => remembered ? ">= 3.00" : "> 1.00";

    public string Unit => "verifications per second of processor time";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _program = SharedFolder.Find(Path.Combine("peers", peer.Path));
        _workload = make();

        // A verifier runs for days: what its code costs before the compiler is done with it is not what is compared.
        _workload.PerSecond(WarmUp, remembered);
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken) => Task.FromResult(_workload.PerSecond(Runs, remembered));

    public async Task<double> ReferenceAsync(CancellationToken cancellationToken)
    {
        string[] arguments = [.. _workload.PeerArguments(peer.Dash), $"{peer.Dash}bench", $"{Runs}", .. peer.Quiet];
        using Process process = Process.Start(new ProcessStartInfo(_program, arguments) { RedirectStandardOutput = true, WorkingDirectory = _workload.Folder })!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        using JsonDocument line = JsonDocument.Parse(output.Trim());
        return process.ExitCode == 0 && line.RootElement.GetProperty("failed").GetInt32() == 0 ? 1000 / line.RootElement.GetProperty("cpu_ms_per_op").GetDouble()
            : throw new InvalidOperationException($"'{_program}' refused the evidence: {output}");
    }

    public ValueTask DisposeAsync()
    {
        _workload?.Dispose();
        return ValueTask.CompletedTask;
    }
}
