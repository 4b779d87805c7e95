namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>How long a reflector watches and waits.</summary>
internal sealed record ReflectorTiming
{
    /// <summary>Gets the shortest duration of a watch; each lasts up to twice as long, so that not all end together.</summary>
    public TimeSpan ShortestWatch { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets how long after its end a watch may be silent before it counts as broken.</summary>
    public TimeSpan WatchGrace { get; init; } = TimeSpan.FromSeconds(10);

    public Backoff Retry { get; init; } = new(TimeSpan.FromMilliseconds(800), TimeSpan.FromSeconds(30));
}
