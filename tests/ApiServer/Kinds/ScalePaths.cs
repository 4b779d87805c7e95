namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>Where the scale subresource of a kind finds its numbers.</summary>
internal sealed record ScalePaths(string SpecReplicas, string StatusReplicas, string? LabelSelector);
