using System.Diagnostics;
using ConfidentialOperator.Attestation;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// Verifying evidence in full, from its JSON to the verdict of the owner's policy, against its bare signatures; both are counted per second on one thread.
/// Either every chain is new, or all of them were seen before.
/// </summary>
internal sealed class EvidenceVerify(Func<VerifyWorkload> make, bool remembered) : IBenchmark
{
    private const int Runs = 300;

    private VerifyWorkload _workload = null!;

    public string Metric => _workload.Metric + (remembered ? "-remembered" : "");

    public string Goal => $">= 0.60 of the bare signatures: {(remembered ? _workload.Floor.Remembered : _workload.Floor.Whole)}";

    public string Unit => "verifications per second";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _workload = make();
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        // Roots remember the chains that they have seen.
        TrustRoots shared = _workload.NewRoots();
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => remembered ? shared : _workload.NewRoots())];
        return Task.FromResult(PerSecond(run => _workload.Verify(roots[run])));
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(PerSecond(_ => _workload.CheckSignatures(remembered)));

    public ValueTask DisposeAsync()
    {
        _workload?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static double PerSecond(Action<int> work)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < Runs; run++)
        {
            work(run);
        }

        return Runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
