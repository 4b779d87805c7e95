namespace ConfidentialOperator.Benchmarks.Controllers;

/// <summary>f5: what 1,000 resources add to the resident memory of the Controller, against 15 MB.</summary>
internal sealed class MemoryPerResource : IBenchmark
{
    private const int Resources = 1000;
    private const double GoalMegabytes = 15;

    private ControllerProcess _controller = null!;

    public string Metric => "f5";

    public string Goal => "<= 1.0 (15 MB for 1,000 resources)";

    public string Unit => "MB";

    public int Rounds => 1;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _controller = await ControllerProcess.StartAsync(cancellationToken);

        // Whatever is loaded and compiled at the first resource belongs to the program, not to the resource.
        await _controller.CreateAsync(0, 20, cancellationToken);
    }

    public async Task<double> OursAsync(CancellationToken cancellationToken)
    {
        double before = _controller.ResidentMegabytes();
        await _controller.CreateAsync(20, Resources, cancellationToken);
        return _controller.ResidentMegabytes() - before;
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(GoalMegabytes);

    public ValueTask DisposeAsync() => _controller?.DisposeAsync() ?? ValueTask.CompletedTask;
}
