namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>How a delete is to be made.</summary>
public sealed record RemovalOptions
{
    /// <summary>Gets what happens to dependents: <c>Background</c>, <c>Foreground</c> or <c>Orphan</c>.</summary>
    public string PropagationPolicy { get; init; } = "Background";

    /// <summary>Gets the grace period; zero removes a pod at once.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Gets the uid that the object must still have.</summary>
    public string? Uid { get; init; }

    /// <summary>Gets the resource version that the object must still have.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Gets whether nothing is really removed.</summary>
    public bool DryRun { get; init; }
}
