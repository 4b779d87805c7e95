using System.Text.Json.Nodes;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>One object of a model: as it should be, and as it is.</summary>
internal sealed record ChildState
{
    public required ResourceType Type { get; init; }

    public required ObjectKey Key { get; init; }

    public required JsonObject Wanted { get; init; }

    /// <summary>Gets the digest of <see cref="Wanted"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>Gets the object; null when there is none.</summary>
    public OwnedObject? Live { get; init; }

    /// <summary>Gets the version that is known to be as this very intent wants it; 0 when none is.</summary>
    public long VerifiedVersion { get; init; }

    /// <summary>Gets whether the object belongs to somebody else.</summary>
    public bool IsForeignTo(string uid) => Live is { } live && live.OwnerUid != uid;

    /// <summary>Gets whether nothing need be sent. What the server answered to our apply is right in any case, however it writes it.</summary>
    public bool IsCurrent => Live is { } live && live.IntentDigest == Digest
        && (live.Version == VerifiedVersion || (live.Content is { } content && Intent.Holds(Wanted, content)));

    public static ChildState Of(JsonObject wanted) => new()
    {
        Type = ResourceType.Of(wanted),
        Key = new ObjectKey((string)wanted["metadata"]!["namespace"]!, (string)wanted["metadata"]!["name"]!),
        Wanted = wanted,
        Digest = Intent.Digest(wanted),
    };
}
