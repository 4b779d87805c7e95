using ConfidentialOperator.Attestation;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>The bytes that one verification allocates, from JSON to verdict, with nothing remembered; the reference is the limit.</summary>
internal sealed class SnpAllocation : IBenchmark
{
    private const double Limit = 64 * 1024;
    private const int Runs = 64;

    private readonly SnpWorkload _workload = new();

    public string Metric => "d1-bytes";

    public string Goal => "<= 1.00";

    public string Unit => "bytes per verification";

    public int Rounds => 1;

    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => _workload.NewRoots())];
        _workload.Verify(roots[0]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 1; run < Runs; run++)
        {
            _workload.Verify(roots[run]);
        }

        return Task.FromResult((GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Runs - 1));
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(Limit);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
