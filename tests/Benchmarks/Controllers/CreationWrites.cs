namespace ConfidentialOperator.Benchmarks.Controllers;

/// <summary>f2: writes for one new resource, against its children and three: two of status, one of the finalizer. Events are not counted.</summary>
internal sealed class CreationWrites : IBenchmark
{
    private const int OwnWrites = 3;

    private ControllerProcess _controller = null!;
    private int _number;

    public string Metric => "f2";

    public string Goal => "<= 1.0 (children + 2, + 1 for the finalizer)";

    public string Unit => "writes";

    public int Rounds => 3;

    public async Task PrepareAsync(CancellationToken cancellationToken) => _controller = await ControllerProcess.StartAsync(cancellationToken);

    public async Task<double> OursAsync(CancellationToken cancellationToken)
    {
        await _controller.CreateAsync(++_number, 1, cancellationToken);
        return Writes(_number, children: null);
    }

    public async Task<double> ReferenceAsync(CancellationToken cancellationToken)
    {
        await _controller.CreateAsync(++_number, 1, cancellationToken);
        return Writes(_number, children: true) + OwnWrites;
    }

    public ValueTask DisposeAsync() => _controller?.DisposeAsync() ?? ValueTask.CompletedTask;

    private int Writes(int number, bool? children) => _controller.RequestsOf(number)
        .Where(entry => entry.IsWrite && !entry.Resource.StartsWith("events", StringComparison.Ordinal)
            && (children is null || children == !entry.Resource.StartsWith("confidentialmodels", StringComparison.Ordinal)))
        .Select(entry => children == true ? $"{entry.Resource}/{entry.Name}" : Guid.NewGuid().ToString()).Distinct(StringComparer.Ordinal).Count();
}
