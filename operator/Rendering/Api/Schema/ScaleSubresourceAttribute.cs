namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The paths of the scale subresource.</summary>
/// <param name="specReplicasPath">Where the wanted number is.</param>
/// <param name="statusReplicasPath">Where the observed number is.</param>
/// <param name="labelSelectorPath">Where the label selector is.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScaleSubresourceAttribute(
    string specReplicasPath,
    string statusReplicasPath,
    string? labelSelectorPath = null) : Attribute
{
    /// <summary>Gets the path of the wanted number.</summary>
    public string SpecReplicasPath { get; } = specReplicasPath;

    /// <summary>Gets the path of the observed number.</summary>
    public string StatusReplicasPath { get; } = statusReplicasPath;

    /// <summary>Gets the path of the label selector.</summary>
    public string? LabelSelectorPath { get; } = labelSelectorPath;
}
