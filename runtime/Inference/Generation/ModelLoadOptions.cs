namespace ConfidentialOperator.Inference.Generation;

/// <summary>What the host of a model may decide.</summary>
internal sealed record ModelLoadOptions
{
    /// <summary>Gets the threads of one computation; null: as many as the process has processors.</summary>
    public int? Threads { get; init; }

    /// <summary>Gets the answers that are made at the same time; each holds a cache. Others wait in their order.</summary>
    public int MaxSequences { get; init; } = 8;

    /// <summary>Gets the answers that may wait; one more is refused with Overloaded.</summary>
    public int MaxWaiting { get; init; } = 256;
}
