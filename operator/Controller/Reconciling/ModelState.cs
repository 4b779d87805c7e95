using ConfidentialOperator.Controller.Broker;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Rendering;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>Everything that a decision depends on. Whoever has one can decide without asking anybody.</summary>
internal sealed record ModelState
{
    public required ModelResource Resource { get; init; }

    /// <summary>Gets the resource in our types; null when it is not valid.</summary>
    public ConfidentialModel? Model { get; init; }

    /// <summary>Gets what is wrong with the resource.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Gets what the resource means; null when it is not valid.</summary>
    public RenderedModel? Rendered { get; init; }

    public IReadOnlyList<ChildState> Children { get; init; } = [];

    public IReadOnlyList<ObservedPod> Pods { get; init; } = [];

    /// <summary>Gets the envelope of the owner's policy.</summary>
    public Reference Policy { get; init; } = Reference.NotNeeded;

    /// <summary>Gets the certificate authority of the broker.</summary>
    public Reference Authority { get; init; } = Reference.NotNeeded;

    /// <summary>Gets the first object that is missing of those that the model's source needs: a pull secret, a certificate authority.</summary>
    public Reference SourceAccess { get; init; } = Reference.NotNeeded;

    public PolicyEnvelope? Envelope { get; init; }

    public bool RuntimeClassExists { get; init; } = true;

    /// <summary>Gets the kinds of source that the Sidecar can fetch.</summary>
    public IReadOnlyList<string> ModelSources { get; init; } = [];

    /// <summary>Gets where the broker is; null when that is not known.</summary>
    public BrokerTarget? Target { get; init; }

    /// <summary>Gets what broker and pods said; null when they were not asked.</summary>
    public Observation? Observation { get; init; }

    public PolicyDelivery? Delivery { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required DecisionTimes Times { get; init; }

    public int Wanted => (int?)Rendered?.Deployment["spec"]!["replicas"] ?? 0;

    public BrokerStatement? Statement => Observation?.Broker.Statement;

    public ChildState? Deployment => Children.FirstOrDefault(child => child.Type == ResourceType.Deployments);

    /// <summary>Gets the pods that are not on their way out.</summary>
    public IEnumerable<ObservedPod> Present => Pods.Where(pod => !pod.IsLeaving);

    public ReplicaAttestation? OutcomeOf(ObservedPod pod) => Statement?.Attestations.FirstOrDefault(outcome => outcome.Replica == pod.Replica);

    public SidecarStatus? SidecarOf(ObservedPod pod) => Observation?.Sidecars.GetValueOrDefault(pod.Uid);
}

/// <summary>The times that decisions use.</summary>
/// <param name="Retry">Before something that was refused is tried again.</param>
/// <param name="FinalizerDeadline">How long a deleted resource may be held.</param>
internal sealed record DecisionTimes(TimeSpan Retry, TimeSpan FinalizerDeadline);
