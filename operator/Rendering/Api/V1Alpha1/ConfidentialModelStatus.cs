using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>What was observed of a confidential model.</summary>
public sealed record ConfidentialModelStatus
{
    /// <summary>Gets the generation of the specification that this status speaks of.</summary>
    [Description("The generation of the specification that this status speaks of.")]
    public long? ObservedGeneration { get; init; }

    /// <summary>Gets the conditions.</summary>
    [Items(maxItems: 16)]
    [XListType(XListType.Map)]
    [XListMapKeys("type")]
    [Description("Ready sums up SpecValid, PlacementReady, ModelResolved, AttestationReady, KeyReleased and WorkloadsReady; Reconciling and Stalled are for tools.")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>Gets the number of pods.</summary>
    [RangeMinimum(0)]
    [RangeMaximum(2147483647)]
    [Description("The number of pods.")]
    public int? Replicas { get; init; }

    /// <summary>Gets the number of ready pods.</summary>
    [RangeMinimum(0)]
    [RangeMaximum(2147483647)]
    [Description("The number of ready pods.")]
    public int? ReadyReplicas { get; init; }

    /// <summary>Gets the number of pods that got the key.</summary>
    [RangeMinimum(0)]
    [RangeMaximum(2147483647)]
    [Description("The number of pods to which the broker released the key.")]
    public int? AttestedReplicas { get; init; }

    /// <summary>Gets attested of wanted, for example 2/2.</summary>
    [Length(0, 32)]
    [Description("Attested of wanted replicas, for example 2/2.")]
    public string? Attested { get; init; }

    /// <summary>Gets the label selector of the pods.</summary>
    [Length(0, 512)]
    [Description("The label selector of the pods, for the scale subresource.")]
    public string? Selector { get; init; }

    /// <summary>Gets the digest that the guests are measured with.</summary>
    [Length(0, 128)]
    [Description("The digest of the initdata that the guests are measured with; the owner's policy lists it.")]
    public string? InitDataDigest { get; init; }

    /// <summary>Gets what the broker said of the newest attestation.</summary>
    [Description("What the broker said of the newest attestation.")]
    public TrustStatus? Trust { get; init; }

    /// <summary>Gets the addresses.</summary>
    [Items(maxItems: 8)]
    [XListType(XListType.Map)]
    [XListMapKeys("name")]
    [Description("The addresses.")]
    public IReadOnlyList<AddressStatus>? Addresses { get; init; }
}

/// <summary>What the broker said of the newest attestation.</summary>
public sealed record TrustStatus
{
    /// <summary>Gets the launch measurement.</summary>
    [Length(0, 256)]
    [Description("The launch measurement, in hex.")]
    public string? Measurement { get; init; }

    /// <summary>Gets the version of the platform's trusted computing base.</summary>
    [Length(0, 512)]
    [Description("The version of the platform's trusted computing base.")]
    public string? Tcb { get; init; }

    /// <summary>Gets what is isolated.</summary>
    [EnumValues("Pod", "Node")]
    [Description("What is isolated: each Pod, or the whole Node. Node does not protect against administrators of the cluster.")]
    public string? Isolation { get; init; }

    /// <summary>Gets the version of the owner's policy in force.</summary>
    [Description("The version of the owner's policy in force.")]
    public long? PolicyVersion { get; init; }

    /// <summary>Gets whether a development root was accepted.</summary>
    [Description("True when evidence of a development root was accepted: such a service protects nothing.")]
    public bool? Development { get; init; }
}

/// <summary>An address of the service.</summary>
public sealed record AddressStatus
{
    /// <summary>Gets the name.</summary>
    [Required]
    [Length(1, 63)]
    [Description("The name: ohttp or openai.")]
    public string Name { get; init; } = "";

    /// <summary>Gets the URL.</summary>
    [Required]
    [Length(1, 512)]
    [Description("The URL.")]
    public string Url { get; init; } = "";
}
