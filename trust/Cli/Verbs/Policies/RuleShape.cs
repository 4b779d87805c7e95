using System.Globalization;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>How a demand is written on the command line, and what becomes of it in the policy. Whether it makes sense is decided by the reader of policies.</summary>
/// <param name="Help">What is written.</param>
/// <param name="IsWaivable">Whether the demand may be waived.</param>
/// <param name="Write">Makes the member of all values that were given for it; null when they cannot be read.</param>
internal sealed record RuleShape(string Help, bool IsWaivable, Func<IReadOnlyList<string>, JsonNode?> Write)
{
    /// <summary>One of the values must be found.</summary>
    public static RuleShape AnyOf { get; } = new("VALUE, several times for several values", true, values => new JsonObject { ["anyOf"] = Texts(values) });

    /// <summary>As the other, and nobody can do without it.</summary>
    public static RuleShape List { get; } = new("VALUE, several times for several values; cannot be waived", false, Texts);

    /// <summary>A list of names.</summary>
    public static RuleShape Accepted { get; } = new("NAME, several times for several; or 'none'", true,
        values => new JsonObject { ["accepted"] = Texts(values is ["none"] ? [] : values) });

    /// <summary>A switch.</summary>
    public static RuleShape Required { get; } = new("true", true, values => values is ["true"] ? new JsonObject { ["required"] = true } : null);

    /// <summary>A number below the name of what it is.</summary>
    public static RuleShape Number(string member) => new("NUMBER", true, values => values is [var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
        ? new JsonObject { [member] = number } : null);

    /// <summary>Flags, each named once.</summary>
    public static RuleShape Flags(params string[] names) => Parts([], names, isWaivable: true);

    /// <summary>Numbers, each named once; nobody can do without them.</summary>
    public static RuleShape Numbers(params string[] names) => Parts(names, [], isWaivable: false);

    /// <summary>A number and a flag.</summary>
    public static RuleShape Mixed(string number, string flag) => Parts([number], [flag], isWaivable: true);

    private static RuleShape Parts(string[] numbers, string[] flags, bool isWaivable)
    {
        string help = string.Join(",", numbers.Select(name => name + ":NUMBER").Concat(flags.Select(name => name + ":true|false"))) + (isWaivable ? "" : "; cannot be waived");
        return new RuleShape(help, isWaivable, values =>
        {
            var parts = new JsonObject();
            foreach (string[] part in values.SelectMany(value => value.Split(',')).Select(part => part.Split(':', 2)))
            {
                JsonNode? value = part.Length != 2 ? null
                    : numbers.Contains(part[0]) && long.TryParse(part[1], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
                    : flags.Contains(part[0]) && bool.TryParse(part[1], out bool flag) ? flag : null;
                if (value is null || !parts.TryAdd(part[0], value))
                {
                    return null;
                }
            }

            return parts.Count == numbers.Length + flags.Length ? parts : null;
        });
    }

    private static JsonArray Texts(IReadOnlyList<string> values) => [.. values.Select(value => (JsonNode)value)];
}
