using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>One entry of <c>metadata.managedFields</c>.</summary>
internal sealed class ManagedEntry
{
    public required string Manager { get; init; }

    public required string Operation { get; init; }

    public required string ApiVersion { get; init; }

    public required string Subresource { get; init; }

    public required string Time { get; set; }

    public required FieldSet Fields { get; init; }

    public static ManagedEntry Read(JsonObject entry) => new()
    {
        Manager = entry.Text("manager") ?? "",
        Operation = entry.Text("operation") ?? "",
        ApiVersion = entry.Text("apiVersion") ?? "",
        Subresource = entry.Text("subresource") ?? "",
        Time = entry.Text("time") ?? "",
        Fields = FieldSet.FromJson(entry["fieldsV1"]),
    };

    /// <summary>Reads the entries of an object; a cleared list (one empty entry) means none.</summary>
    public static List<ManagedEntry> ReadAll(JsonNode? metadata) =>
        [.. metadata.Items("managedFields").Where(entry => entry.Count > 0).Select(Read)];

    public bool IsOf(ManagedEntry other) =>
        Manager == other.Manager && Operation == other.Operation && ApiVersion == other.ApiVersion && Subresource == other.Subresource;

    public JsonObject ToJson()
    {
        JsonObject entry = new()
        {
            ["manager"] = Manager,
            ["operation"] = Operation,
            ["apiVersion"] = ApiVersion,
            ["time"] = Time,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Fields.ToJson(),
        };
        if (Subresource.Length > 0) entry["subresource"] = Subresource;
        return entry;
    }
}
