using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>
/// The rules of one section of a policy as one option, <c>--tdx MEMBER=VALUE</c>. Each member is given, or waived by its name with a reason; neither or both is
/// refused, so that nothing is left out by forgetting it.
/// </summary>
internal sealed class SectionRules
{
    private readonly string _section;
    private readonly IReadOnlyDictionary<string, RuleShape> _members;
    private readonly string? _rest;
    private readonly Option<string[]> _option;

    /// <summary>Makes the option of a section.</summary>
    /// <param name="section">The option's name.</param>
    /// <param name="what">What it is about.</param>
    /// <param name="members">Its members.</param>
    /// <param name="rest">The name under which all members that are not named may be waived at once; null when each must be named.</param>
    public SectionRules(string section, string what, IReadOnlyDictionary<string, RuleShape> members, string? rest = null)
    {
        (_section, _members, _rest) = (section, members, rest);
        string list = string.Join("; ", members.Select(member => $"{member.Key}={member.Value.Help}"));
        _option = new Option<string[]>("--" + section) { Description = $"A rule for {what}. May be given several times. {list}.", HelpName = "MEMBER=VALUE" };
    }

    public Option Option => _option;

    public bool IsGiven(ParseResult parse) => parse.GetValue(_option) is { Length: > 0 };

    /// <summary>Returns the members of the section.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="waivers">The waivers of all sections; those of this one are taken out.</param>
    public JsonObject Read(ParseResult parse, IDictionary<string, string> waivers)
    {
        ILookup<string, string> given = (parse.GetValue(_option) ?? []).Select(Split).ToLookup(pair => pair.Member, pair => pair.Value);
        var section = new JsonObject();
        bool isRestWaived = _rest is not null && waivers.ContainsKey($"{_section}.{_rest}");
        foreach ((string member, RuleShape shape) in _members)
        {
            if (isRestWaived && !given.Contains(member) && !waivers.ContainsKey($"{_section}.{member}"))
            {
                continue;
            }

            bool isWaived = waivers.Remove($"{_section}.{member}", out string? reason);
            JsonNode value = (given.Contains(member), isWaived) switch
            {
                (true, false) => shape.Write([.. given[member]]) ?? throw Refused($"--{_section} '{member}' must be {shape.Help}."),
                (false, true) when shape.IsWaivable => new JsonObject { ["waived"] = reason },
                (false, true) => throw Refused($"The check '{_section}.{member}' cannot be waived: it is what tells this guest from another."),
                (false, false) => throw Refused(
                    $"The check '{_section}.{member}' is neither given nor waived: add --{_section} {member}=VALUE{(shape.IsWaivable ? $", or --waive {_section}.{member}=REASON" : "")}."),
                _ => throw Refused($"The check '{_section}.{member}' is given and waived as well: take one away."),
            };
            Place(section, member, value);
        }

        if (isRestWaived && waivers.Remove($"{_section}.{_rest}", out string? why))
        {
            Place(section, _rest!, new JsonObject { ["waived"] = why });
        }

        return section;
    }

    private (string Member, string Value) Split(string text)
    {
        string[] parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        return parts.Length == 2 && _members.ContainsKey(parts[0]) ? (parts[0], parts[1])
            : throw Refused($"--{_section} '{text}' must be MEMBER=VALUE with one of {string.Join(", ", _members.Keys)}.");
    }

    private static void Place(JsonObject section, string path, JsonNode value)
    {
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
        {
            section[name] ??= new JsonObject();
            section = section[name]!.AsObject();
        }

        section[names[^1]] = value;
    }

    private static CommandRefusedException Refused(string message) => new(RefusalReason.PolicyInvalid, message);
}
