using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Tables;

/// <summary>The JSONPath of printer columns: members, indexes, wildcards and equality filters.</summary>
internal static partial class JsonPathQuery
{
    public static List<JsonNode?> Run(JsonNode item, string path)
    {
        IEnumerable<JsonNode?> nodes = [item];
        foreach (Match step in Step().Matches(path)) nodes = Follow(nodes, step);
        return [.. nodes];
    }

    private static IEnumerable<JsonNode?> Follow(IEnumerable<JsonNode?> nodes, Match step)
    {
        if (step.Groups["member"].Success)
        {
            string name = step.Groups["member"].Value.Replace("\\.", ".", StringComparison.Ordinal);
            return nodes.OfType<JsonObject>().Where(node => node.ContainsKey(name)).Select(node => node[name]);
        }

        if (step.Groups["quoted"].Success)
            return nodes.OfType<JsonObject>().Where(node => node.ContainsKey(step.Groups["quoted"].Value)).Select(node => node[step.Groups["quoted"].Value]);
        if (step.Groups["index"].Success)
        {
            int index = int.Parse(step.Groups["index"].Value);
            return nodes.OfType<JsonArray>().Where(list => Math.Abs(index) < list.Count + (index < 0 ? 1 : 0)).Select(list => list[index < 0 ? list.Count + index : index]);
        }

        if (!step.Groups["field"].Success) return nodes.SelectMany(Children);
        bool equal = step.Groups["sign"].Value == "==";
        return nodes.SelectMany(Children).Where(node =>
            node.FindDotted(step.Groups["field"].Value).Scalar() == step.Groups["value"].Value.Trim('"', '\'') == equal);
    }

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonArray list => list,
        JsonObject map => map.Select(pair => pair.Value),
        _ => [],
    };

    [GeneratedRegex("""\.(?<member>(?:[^.\[\]\\]|\\\.)+)|\['(?<quoted>[^']+)'\]|\[(?<index>-?\d+)\]|\[\?\(@\.(?<field>[\w.]+)\s*(?<sign>==|!=)\s*(?<value>"[^"]*"|'[^']*'|[^)]+)\)\]|\[\*\]""")]
    private static partial Regex Step();
}
