namespace ConfidentialOperator.Benchmarks;

/// <summary>A figure that is measured beside its reference in the same run, so that a noisy machine disturbs both alike.</summary>
internal interface IBenchmark : IAsyncDisposable
{
    /// <summary>Gets the metric's name.</summary>
    string Metric { get; }

    /// <summary>Gets the goal for the ratio of ours to the reference, in words.</summary>
    string Goal { get; }

    /// <summary>Gets the unit of both figures.</summary>
    string Unit { get; }

    /// <summary>Gets the number of rounds that count; exact counts need one.</summary>
    int Rounds { get; }

    /// <summary>Prepares what both sides need.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Measures ours.</summary>
    Task<double> OursAsync(CancellationToken cancellationToken);

    /// <summary>Measures the reference.</summary>
    Task<double> ReferenceAsync(CancellationToken cancellationToken);
}
