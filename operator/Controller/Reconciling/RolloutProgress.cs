using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>How far the roll-out of a Deployment is.</summary>
/// <param name="IsSeen">Whether the Deployment's controller has seen its newest specification.</param>
/// <param name="Replicas">All pods.</param>
/// <param name="Updated">Pods of the newest specification.</param>
/// <param name="Available">Pods that serve.</param>
internal sealed record RolloutProgress(bool IsSeen, long Replicas, long Updated, long Available)
{
    public static RolloutProgress Read(JsonElement metadata, JsonElement status) => new(
        (status.TryNumber("observedGeneration") ?? 0) >= (metadata.TryNumber("generation") ?? 0),
        status.TryNumber("replicas") ?? 0,
        status.TryNumber("updatedReplicas") ?? 0,
        status.TryNumber("availableReplicas") ?? 0);

    /// <summary>As <c>kubectl rollout status</c>: seen, all up to date, all available, no old one left.</summary>
    public bool Reached(int wanted) => IsSeen && Replicas == wanted && Updated >= wanted && Available >= wanted;
}
