using System.Net;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node.Containers;

namespace ConfidentialOperator.Lab.Node.Pods;

/// <summary>What the containers of a pod share: an address, folders, and the guest they run in.</summary>
internal sealed record PodSandbox
{
    public required IPAddress Address { get; init; }

    /// <summary>The folders of the volumes, by name.</summary>
    public required IReadOnlyDictionary<string, string> Volumes { get; init; }

    public required string LogFolder { get; init; }

    public required VariableSources Sources { get; init; }

    /// <summary>The guest; null for a pod that shares the node's kernel.</summary>
    public RunningGuest? Guest { get; init; }

    public string VolumeFolder(string name) => Volumes[name];

    public string LogPath(string container) => Path.Combine(LogFolder, $"{container}.log");
}
