using ConfidentialOperator.ApiServer.Errors;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>A label selector: equality and set requirements, all of which must hold.</summary>
internal sealed class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _requirements = [];

    public static LabelSelector Everything { get; } = new();

    public static LabelSelector Parse(string? text)
    {
        LabelSelector selector = new();
        foreach (string part in Split(text ?? "")) selector._requirements.Add(Requirement(part));
        return selector;
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _requirements.TrueForAll(holds => holds(labels));

    /// <summary>Splits at commas that are not inside the parentheses of a set.</summary>
    private static IEnumerable<string> Split(string text)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '(') depth++;
            if (i < text.Length && text[i] == ')') depth--;
            if (i < text.Length && (text[i] != ',' || depth > 0)) continue;
            string part = text[start..i].Trim();
            start = i + 1;
            if (part.Length > 0) yield return part;
        }
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> Requirement(string part)
    {
        if (SetRequirement(part) is { } set) return set;
        foreach (string sign in (string[])["!=", "==", "="])
        {
            int at = part.IndexOf(sign, StringComparison.Ordinal);
            if (at <= 0) continue;
            string key = part[..at].Trim();
            string value = part[(at + sign.Length)..].Trim();
            bool equal = sign != "!=";
            return labels => labels.TryGetValue(key, out string? found) ? found == value == equal : !equal;
        }

        if (part.Contains(' ', StringComparison.Ordinal))
            throw ApiErrors.BadRequest($"unable to parse requirement: found '{part}', expected: an operator");
        return part[0] == '!' ? labels => !labels.ContainsKey(part[1..].Trim()) : labels => labels.ContainsKey(part);
    }

    private static Func<IReadOnlyDictionary<string, string>, bool>? SetRequirement(string part)
    {
        string[] words = part.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || (words[1] != "in" && words[1] != "notin" && !words[1].StartsWith("in(", StringComparison.Ordinal)
            && !words[1].StartsWith("notin(", StringComparison.Ordinal))) return null;
        int open = part.IndexOf('(', StringComparison.Ordinal);
        int close = part.LastIndexOf(')');
        if (open < 0 || close < open) throw ApiErrors.BadRequest("unable to parse requirement: found '' expected: '('");
        HashSet<string> values = [.. part[(open + 1)..close].Split(',').Select(value => value.Trim())];
        string key = words[0];
        return words[1].StartsWith("in", StringComparison.Ordinal)
            ? labels => labels.TryGetValue(key, out string? found) && values.Contains(found)
            : labels => !labels.TryGetValue(key, out string? found) || !values.Contains(found);
    }
}
