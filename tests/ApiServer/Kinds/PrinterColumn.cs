namespace ConfidentialOperator.ApiServer.Kinds;

/// <summary>An additional printer column of a custom resource.</summary>
internal sealed record PrinterColumn(string Name, string Type, string JsonPath, int Priority = 0, string Format = "", string? Description = null);
