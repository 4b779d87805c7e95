using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Control;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>What every pod of the node shares.</summary>
internal sealed record KubeletContext
{
    public required Store Store { get; init; }

    public required EventLog Events { get; init; }

    public required LabNetwork Network { get; init; }

    public required ContainerPreparation Preparation { get; init; }

    public required GuestHost Guests { get; init; }

    /// <summary>The folder of volumes on disk.</summary>
    public required string PodFolder { get; init; }

    /// <summary>The folder of memory-backed volumes; its path is short, since it holds Unix sockets.</summary>
    public required string MemoryFolder { get; init; }

    public required string LogFolder { get; init; }

    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public string LogFolderOf(string space, string pod) => Path.Combine(LogFolder, "pods", space, pod);
}
