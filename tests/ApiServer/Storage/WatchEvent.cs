using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>An event of an in-process watch.</summary>
/// <param name="Type">ADDED, MODIFIED or DELETED.</param>
/// <param name="Item">The object after the change, the caller's own copy.</param>
public sealed record WatchEvent(string Type, JsonObject Item);
