using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Reads <c>post_processor</c> of tokenizer.json: the ids before and after a single text.</summary>
internal static class PostProcessorReader
{
    /// <summary>Reads a post-processor.</summary>
    public static (int[] Prefix, int[] Suffix) Read(JsonElement? element)
    {
        if (element is not { } spec) return ([], []);
        string type = spec.Text("type") ?? "";
        return type switch
        {
            "ByteLevel" => ([], []),
            "TemplateProcessing" => Template(spec),
            "BertProcessing" or "RobertaProcessing" => ([Pair(spec, "cls")], [Pair(spec, "sep")]),
            "Sequence" when spec.Member("processors") is { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(item => Read(item))
                .Aggregate((Prefix: Array.Empty<int>(), Suffix: Array.Empty<int>()), (all, one) => ([.. one.Prefix, .. all.Prefix], [.. all.Suffix, .. one.Suffix])),
            _ => throw ModelFormatException.Tokenizer($"tokenizer.json: the post-processor \"{type}\" is not known to this version; use another export."),
        };
    }

    private static (int[] Prefix, int[] Suffix) Template(JsonElement spec)
    {
        var prefix = new List<int>();
        var suffix = new List<int>();
        bool after = false;
        if (spec.Member("single") is not { ValueKind: JsonValueKind.Array } single) throw Broken("single");
        foreach (JsonElement item in single.EnumerateArray())
        {
            if (item.Member("Sequence") is not null) after = true;
            else (after ? suffix : prefix).AddRange(Special(spec, item.Member("SpecialToken")?.Text("id") ?? throw Broken("single")));
        }

        return ([.. prefix], [.. suffix]);
    }

    private static int[] Special(JsonElement spec, string name)
    {
        int[] ids = [.. (spec.Member("special_tokens")?.Member(name) ?? throw Broken("special_tokens")).Ids("ids")];
        return ids.Length > 0 ? ids : throw Broken("special_tokens");
    }

    private static int Pair(JsonElement spec, string member) =>
        spec.Member(member) is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2 && pair[1].TryGetInt32(out int id) ? id : throw Broken(member);

    private static ModelFormatException Broken(string member) =>
        ModelFormatException.Tokenizer($"tokenizer.json: post_processor.{member} is not as it must be; export the tokenizer again.");
}
