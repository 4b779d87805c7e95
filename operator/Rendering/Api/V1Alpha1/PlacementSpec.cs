using System.Text.Json.Nodes;
using ConfidentialOperator.Rendering.Api.Schema;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>Overrides of the placement that the platform chooses.</summary>
public sealed record PlacementSpec
{
    /// <summary>Gets labels that nodes must have besides the platform's.</summary>
    [PropertyLimits(maxProperties: 32)]
    [ItemLength(63)]
    [Description("Labels that nodes must have besides the platform's.")]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Gets the taints that pods stand.</summary>
    [Items(maxItems: 32)]
    [XListType(XListType.Atomic)]
    [Description("The taints that pods stand.")]
    public IReadOnlyList<Toleration>? Tolerations { get; init; }

    /// <summary>Gets the affinity, as in a pod.</summary>
    [PreserveUnknownFields]
    [Description("The affinity, as in a pod.")]
    public JsonObject? Affinity { get; init; }

    /// <summary>Gets the RuntimeClass; null or empty for the platform's own.</summary>
    [Pattern("^([a-z0-9]+([.-]+[a-z0-9]+)*)?$")]
    [Length(0, 253)]
    [Description("The RuntimeClass; empty: the platform's own.")]
    public string? RuntimeClassName { get; init; }
}

/// <summary>A taint that pods stand, as in a pod.</summary>
public sealed record Toleration
{
    /// <summary>Gets the taint's key.</summary>
    [Length(0, 316)]
    [Description("The taint's key.")]
    public string? Key { get; init; }

    /// <summary>Gets how the value is compared.</summary>
    [EnumValues("Exists", "Equal")]
    [Description("How the value is compared.")]
    public string? Operator { get; init; }

    /// <summary>Gets the taint's value.</summary>
    [Length(0, 63)]
    [Description("The taint's value.")]
    public string? Value { get; init; }

    /// <summary>Gets the taint's effect.</summary>
    [EnumValues("NoSchedule", "PreferNoSchedule", "NoExecute")]
    [Description("The taint's effect.")]
    public string? Effect { get; init; }

    /// <summary>Gets how long a running pod stays.</summary>
    [RangeMinimum(0)]
    [RangeMaximum(2147483647)]
    [Description("How long a running pod stays, in seconds.")]
    public long? TolerationSeconds { get; init; }
}
