using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>Words the answer to an apply that would change what others manage.</summary>
internal static class FieldConflicts
{
    public static ApiStatusException ToError(IReadOnlyList<(ManagedEntry Owner, string Path)> conflicts)
    {
        JsonArray causes = [.. conflicts.Select(conflict => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] = $"conflict with {Name(conflict.Owner)}",
            ["field"] = Show(conflict.Path),
        })];
        string plural = conflicts.Count == 1 ? "conflict" : "conflicts";
        string listed = conflicts.Count == 1
            ? $"conflict with {Name(conflicts[0].Owner)}: {Show(conflicts[0].Path)}"
            : string.Join('\n', conflicts.GroupBy(conflict => Name(conflict.Owner)).Select(group =>
                $"conflicts with {group.Key}:\n" + string.Join('\n', group.Select(conflict => $"- {Show(conflict.Path)}"))));
        return new(409, "Conflict", $"Apply failed with {conflicts.Count} {plural}: {listed}", new JsonObject { ["causes"] = causes });
    }

    /// <summary>Writes a path as the server does: <c>.spec.ports[name="x"].port</c>.</summary>
    public static string Show(string path) => string.Concat(path.Split(FieldSet.Separator).Select(part => part[..2] switch
    {
        "f:" => "." + part[2..],
        "v:" => $"[={part[2..]}]",
        _ => "[" + string.Join(",", ((JsonObject)JsonNode.Parse(part[2..])!).Select(key => $"{key.Key}={key.Value?.ToJsonString()}")) + "]",
    }));

    private static string Name(ManagedEntry owner) => owner.Subresource.Length == 0
        ? $"\"{owner.Manager}\" using {owner.ApiVersion}"
        : $"\"{owner.Manager}\" with subresource \"{owner.Subresource}\" using {owner.ApiVersion}";
}
