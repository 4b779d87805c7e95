namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// Verifying evidence in full, from its JSON to the verdict of the owner's policy, against its bare signatures through the same platform; both are counted per
/// second of processor time on one thread. Either everything is new, or chains and collateral were seen before, as by a broker that knows the platform.
/// </summary>
internal sealed class EvidenceVerify(Func<SignedWorkload> make, bool remembered) : IBenchmark
{
    private const int Runs = 300;

    private SignedWorkload _workload = null!;

    public string Metric => _workload.Metric + (remembered ? "-remembered" : "");

    public string Goal => $">= 0.60 of the bare signatures, >= 0.80 with OpenSSL 3.5 and later: {(remembered ? _workload.Floor.Remembered : _workload.Floor.Whole)}";

    public string Unit => "verifications per second of processor time";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _workload = make();
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken) => Task.FromResult(_workload.PerSecond(Runs, remembered));

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) =>
        Task.FromResult(ProcessorTime.PerSecond(Runs, _ => _workload.CheckSignatures(remembered)));

    public ValueTask DisposeAsync()
    {
        _workload?.Dispose();
        return ValueTask.CompletedTask;
    }
}
