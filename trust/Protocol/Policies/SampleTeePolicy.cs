namespace ConfidentialOperator.Protocol.Policies;

/// <summary>That an owner accepts sample evidence, behind which there is no hardware: for development only, and everything then says so.</summary>
public sealed record SampleTeePolicy
{
    /// <summary>Gets whether it is accepted; there is nothing else to demand of it.</summary>
    public required bool Development { get; init; }
}
