using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>A token that is found in the text before anything else is done with it.</summary>
internal sealed record AddedToken(int Id, string Content, bool IsMark, bool EatsLeft, bool EatsRight, bool SingleWord, bool Normalized);

/// <summary>The <c>added_tokens</c> of tokenizer.json.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<char, AddedToken[]> _byFirst;

    private AddedTokens(IEnumerable<AddedToken> tokens) => _byFirst = tokens.GroupBy(token => token.Content[0])
        .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());

    /// <summary>Reads the list.</summary>
    public static IReadOnlyList<AddedToken> Read(JsonElement root)
    {
        if (root.Member("added_tokens") is not { ValueKind: JsonValueKind.Array } list) return [];
        return [.. list.EnumerateArray().Select((item, index) =>
            item.Member("id") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int id) && id >= 0 && item.Text("content") is { Length: > 0 } content
                ? new AddedToken(id, content, item.Flag("special"), item.Flag("lstrip"), item.Flag("rstrip"), item.Flag("single_word"), item.Flag("normalized"))
                : throw ModelFormatException.Tokenizer($"tokenizer.json: added_tokens[{index}] has no id or no content; export the tokenizer again."))];
    }

    /// <summary>Makes the search for some tokens.</summary>
    public static AddedTokens Of(IEnumerable<AddedToken> tokens) => new(tokens);

    /// <summary>Cuts a text at the tokens; <paramref name="content"/> holds the parts in which none counts.</summary>
    public IEnumerable<(Range Part, AddedToken? Token)> Split(string text, IReadOnlyList<Range> content)
    {
        int begin = 0;
        for (int at = 0; at < text.Length;)
        {
            AddedToken? token = Find(text, at, content);
            if (token is null)
            {
                at++;
                continue;
            }

            int start = at;
            int end = at + token.Content.Length;
            if (token.EatsLeft) while (start > begin && char.IsWhiteSpace(text[start - 1])) start--;
            if (token.EatsRight) while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            if (start > begin) yield return (begin..start, null);
            yield return (start..end, token);
            begin = at = end;
        }

        if (begin < text.Length) yield return (begin..text.Length, null);
    }

    private AddedToken? Find(string text, int at, IReadOnlyList<Range> content)
    {
        if (!_byFirst.TryGetValue(text[at], out AddedToken[]? candidates)) return null;
        foreach (AddedToken token in candidates)
        {
            int end = at + token.Content.Length;
            if (string.CompareOrdinal(text, at, token.Content, 0, token.Content.Length) == 0
                && !(token.SingleWord && (IsWord(text, at - 1) || IsWord(text, end)))
                && !content.Any(range => range.Start.Value < end && at < range.End.Value))
                return token;
        }

        return null;
    }

    private static bool IsWord(string text, int at) => at >= 0 && at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
