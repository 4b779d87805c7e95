using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>The bytes that one verification allocates, when its chain was seen before or when nothing was, against 64 KiB.</summary>
internal sealed class EvidenceAllocation(Func<SignedWorkload> make, bool remembered) : IBenchmark
{
    private const int Runs = 100;

    private SignedWorkload _workload = null!;

    public string Metric => _workload.Metric + "-bytes";

    public string Goal => "< 1: below 64 KiB for each verification";

    public string Unit => "bytes allocated";

    public int Rounds => 1;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _workload = make();
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        TrustRoots known = _workload.NewRoots();
        IReadOnlyList<Collateral> collateral = _workload.NewCollateral();
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => remembered ? known : _workload.NewRoots())];
        _workload.Verify(known, collateral);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < Runs; run++)
        {
            _workload.Verify(roots[run], collateral);
        }

        return Task.FromResult((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Runs);
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(64.0 * 1024);

    public ValueTask DisposeAsync()
    {
        _workload?.Dispose();
        return ValueTask.CompletedTask;
    }
}
