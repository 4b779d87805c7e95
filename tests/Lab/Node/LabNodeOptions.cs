using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Node;

/// <summary>What a node is made of.</summary>
internal sealed record LabNodeOptions
{
    public required LabNetwork Network { get; init; }

    public required ImageStore Images { get; init; }

    public required GuestHost Guests { get; init; }

    /// <summary>The folder for volumes on disk and for names.</summary>
    public required string DataFolder { get; init; }

    /// <summary>A short path in memory; it is removed with the node.</summary>
    public required string MemoryFolder { get; init; }

    public required string LogFolder { get; init; }

    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
