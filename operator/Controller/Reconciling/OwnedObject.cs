using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>An object that carries our label: one that we made, or one that says so.</summary>
internal sealed record OwnedObject : ICached
{
    public required ObjectKey Key { get; init; }

    public required string Uid { get; init; }

    public required long Version { get; init; }

    public ObjectKey? Model { get; init; }

    /// <summary>Gets the uid of the ConfidentialModel that controls the object; empty when none does.</summary>
    public required string OwnerUid { get; init; }

    /// <summary>Gets the digest of the intent that was applied last; empty when none was.</summary>
    public required string IntentDigest { get; init; }

    public bool IsLeaving { get; init; }

    /// <summary>Gets how far a roll-out is; only Deployments have one.</summary>
    public RolloutProgress? Rollout { get; init; }

    /// <summary>Gets the whole object; null once it was found to be as wanted, because it need not be compared again before it changes.</summary>
    public JsonElement? Content { get; init; }

    public static OwnedObject Read(JsonElement item)
    {
        JsonElement metadata = item.Metadata();
        ObjectKey key = item.KeyOf();
        return new OwnedObject
        {
            Key = key,
            Uid = metadata.Text("uid"),
            Version = item.VersionOf(),
            Model = metadata.Member("labels")?.TryText(ObservedPod.InstanceLabel) is { } model ? new ObjectKey(key.Namespace, model) : null,
            OwnerUid = Owner(metadata),
            IntentDigest = metadata.Member("annotations")?.TryText(Intent.Annotation) ?? "",
            IsLeaving = metadata.Member("deletionTimestamp") is not null,
            Rollout = item.Member("status") is { } status && status.Member("observedGeneration") is not null
                ? RolloutProgress.Read(metadata, status)
                : null,
            Content = item.Slim(),
        };
    }

    /// <summary>Gets the same object without what is large.</summary>
    public OwnedObject Verified() => this with { Content = null };

    private static string Owner(JsonElement metadata) => metadata.Items("ownerReferences")
        .Where(owner => owner.Member("controller") is { ValueKind: JsonValueKind.True })
        .Select(owner => owner.TryText("uid"))
        .FirstOrDefault() ?? "";
}
