using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>A column of a table and how its cell is made of an object.</summary>
internal sealed record Column(string Name, Func<JsonObject, JsonNode?> Cell, int Priority = 0, string Type = "string", string Format = "")
{
    public string Description { get; init; } = "";

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["type"] = Type,
        ["format"] = Format,
        ["description"] = Description,
        ["priority"] = Priority,
    };
}
