using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary><c>cfm policy diff</c>: what changes between two policies, member by member.</summary>
internal static class PolicyDiffVerb
{
    public static Command Create(CommandContext context)
    {
        var before = new Argument<FileInfo>("before") { Description = "The older policy or its envelope." };
        var after = new Argument<FileInfo>("after") { Description = "The newer policy or its envelope." };
        Option<string> output = SharedOptions.Output();
        var command = new Command("diff", "Print what changes between two policies.") { before, after, output };
        context.Attach(command, parse =>
        {
            JsonObject old = PolicyFile.ToNode(PolicyFile.Read(parse.GetRequiredValue(before)).Policy);
            JsonObject young = PolicyFile.ToNode(PolicyFile.Read(parse.GetRequiredValue(after)).Policy);
            List<Difference> differences = [.. Compare("", old, young)];
            if (parse.IsJson(output))
            {
                context.WriteJson(new JsonArray([.. differences.Select(entry =>
                    (JsonNode)new JsonObject { ["path"] = entry.Path, ["before"] = entry.Before?.DeepClone(), ["after"] = entry.After?.DeepClone() })]));
                return ExitCode.Accepted;
            }

            foreach (Difference entry in differences)
            {
                context.Output.WriteLine($"{entry.Path}: {entry.Before?.ToJsonString() ?? "(absent)"} -> {entry.After?.ToJsonString() ?? "(absent)"}");
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    private static IEnumerable<Difference> Compare(string path, JsonNode? before, JsonNode? after)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return [];
        }

        return (before, after) switch
        {
            (JsonObject old, JsonObject young) => old.Select(member => member.Key).Union(young.Select(member => member.Key))
                .SelectMany(name => Compare(path.Length == 0 ? name : $"{path}.{name}", old[name], young[name])),
            (JsonArray old, JsonArray young) => CompareLists(path, old, young),
            _ => [new Difference(path, before, after)],
        };
    }

    /// <summary>Lists in a policy are sets of accepted values: what matters is which one came and which one went.</summary>
    private static IEnumerable<Difference> CompareLists(string path, JsonArray before, JsonArray after) =>
    [
        .. before.Where(entry => !Contains(after, entry)).Select(entry => new Difference(path + "[]", entry, null)),
        .. after.Where(entry => !Contains(before, entry)).Select(entry => new Difference(path + "[]", null, entry)),
    ];

    private static bool Contains(JsonArray list, JsonNode? entry) => list.Any(other => JsonNode.DeepEquals(other, entry));

    private sealed record Difference(string Path, JsonNode? Before, JsonNode? After);
}
