using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>What the Controller wants to know of a pod; the rest is not kept.</summary>
internal sealed record ObservedPod : ICached
{
    public const string InstanceLabel = "app.kubernetes.io/instance";

    public required ObjectKey Key { get; init; }

    public required string Uid { get; init; }

    public required long Version { get; init; }

    public ObjectKey? Model { get; init; }

    public string Address { get; init; } = "";

    public bool IsReady { get; init; }

    public bool IsLeaving { get; init; }

    /// <summary>Gets whether the scheduler found no node.</summary>
    public bool HasNoNode { get; init; }

    /// <summary>Gets the digest of the initdata that the pod was made with, as its annotation says.</summary>
    public string InitDataDigest { get; init; } = "";

    /// <summary>Gets the name by which the broker knows the replica.</summary>
    public string Replica => $"{Key.Name}/{Uid}";

    public static ObservedPod Read(JsonElement item)
    {
        JsonElement metadata = item.Metadata();
        JsonElement status = item.Member("status") ?? default;
        string phase = status.TryText("phase") ?? "";
        ObjectKey key = item.KeyOf();
        return new ObservedPod
        {
            Key = key,
            Uid = metadata.Text("uid"),
            Version = item.VersionOf(),
            Model = metadata.Member("labels")?.TryText(InstanceLabel) is { } model ? new ObjectKey(key.Namespace, model) : null,
            Address = status.TryText("podIP") ?? "",
            IsReady = Condition(status, "Ready")?.TryText("status") == "True",
            IsLeaving = metadata.Member("deletionTimestamp") is not null || phase is "Succeeded" or "Failed",
            HasNoNode = Condition(status, "PodScheduled") is { } scheduled
                && scheduled.TryText("status") == "False" && scheduled.TryText("reason") == "Unschedulable",
            InitDataDigest = metadata.Member("annotations")?.TryText(Rendering.Names.InitDataDigestAnnotation) ?? "",
        };
    }

    private static JsonElement? Condition(JsonElement status, string type)
    {
        foreach (JsonElement condition in status.Items("conditions"))
        {
            if (condition.TryText("type") == type)
            {
                return condition;
            }
        }

        return null;
    }
}
