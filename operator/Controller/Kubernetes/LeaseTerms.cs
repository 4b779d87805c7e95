namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>The Lease and its times; the deadline is shorter than the duration, so that a leader stops before another begins.</summary>
internal sealed record LeaseTerms(string Namespace, string Name, string Identity)
{
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
