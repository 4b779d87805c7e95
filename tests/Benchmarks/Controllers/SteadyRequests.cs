namespace ConfidentialOperator.Benchmarks.Controllers;

/// <summary>f1: requests to the API server while nothing changes, with 50 resources over 20 seconds; the reference is the number of resources.</summary>
internal sealed class SteadyRequests : IBenchmark
{
    private const int Resources = 50;

    private ControllerProcess _controller = null!;

    public string Metric => "f1";

    public string Goal => "= 0";

    public string Unit => "requests";

    public int Rounds => 1;

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _controller = await ControllerProcess.StartAsync(cancellationToken);
        await _controller.CreateAsync(0, Resources, cancellationToken);
    }

    public async Task<double> OursAsync(CancellationToken cancellationToken)
    {
        int before = _controller.Requests.Count;
        await Task.Delay(TimeSpan.FromSeconds(20), cancellationToken);
        return _controller.Requests.Count - before;
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult((double)Resources);

    public ValueTask DisposeAsync() => _controller?.DisposeAsync() ?? ValueTask.CompletedTask;
}
