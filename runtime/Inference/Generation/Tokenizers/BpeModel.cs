using System.Globalization;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Byte pair encoding. A piece of n characters takes n log n steps, so a long word cannot stall a guest.</summary>
internal sealed class BpeModel : ITokenModel
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<long, (int Rank, int Id)> _merges = [];
    private readonly int? _unknown;
    private readonly bool _fuseUnknown;
    private readonly bool _byteFallback;
    private readonly bool _ignoreMerges;

    public BpeModel(JsonElement spec, Dictionary<string, int> vocabulary)
    {
        _vocabulary = vocabulary;
        foreach (string member in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (spec.Text(member) is { Length: > 0 }) throw ModelFormatException.Tokenizer($"tokenizer.json: model.{member} is not known to this version; use another export.");
        }

        if (spec.Text("unk_token") is { } unknown && vocabulary.TryGetValue(unknown, out int id)) _unknown = id;
        _fuseUnknown = spec.Flag("fuse_unk");
        _byteFallback = spec.Flag("byte_fallback");
        _ignoreMerges = spec.Flag("ignore_merges");
        if (spec.Member("merges") is not { ValueKind: JsonValueKind.Array } merges)
            throw ModelFormatException.Tokenizer("tokenizer.json: model.merges must be a list; export the tokenizer again.");
        int rank = 0;
        foreach (JsonElement merge in merges.EnumerateArray()) AddMerge(merge, rank++);
    }

    /// <inheritdoc/>
    public void Encode(string piece, List<int> ids)
    {
        if (piece.Length == 0) return;
        if (_ignoreMerges && _vocabulary.TryGetValue(piece, out int whole))
        {
            ids.Add(whole);
            return;
        }

        List<int> symbols = Symbols(piece);
        if (symbols.Count < 2) ids.AddRange(symbols);
        else Merge([.. symbols], ids);
    }

    private void AddMerge(JsonElement merge, int rank)
    {
        (string Left, string Right)? pair = merge.ValueKind switch
        {
            JsonValueKind.String when merge.GetString()!.Split(' ') is { Length: 2 } halves => (halves[0], halves[1]),
            JsonValueKind.Array when merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String
                => (merge[0].GetString()!, merge[1].GetString()!),
            _ => null,
        };
        if (pair is not { } found || !_vocabulary.TryGetValue(found.Left, out int left) || !_vocabulary.TryGetValue(found.Right, out int right)
            || !_vocabulary.TryGetValue(found.Left + found.Right, out int joined))
            throw ModelFormatException.Tokenizer(string.Create(
                CultureInfo.InvariantCulture, $"tokenizer.json: model.merges[{rank}] is not a pair of tokens of model.vocab; export the tokenizer again."));
        _merges.TryAdd(Key(left, right), (rank, joined));
    }

    private List<int> Symbols(string piece)
    {
        var symbols = new List<int>(piece.Length);
        bool unknownBefore = false;
        foreach (Rune rune in piece.EnumerateRunes())
        {
            string character = rune.ToString();
            if (_vocabulary.TryGetValue(character, out int id))
            {
                symbols.Add(id);
                unknownBefore = false;
            }
            else if (!(_byteFallback && AddBytes(character, symbols)) && _unknown is { } unknown)
            {
                if (!(_fuseUnknown && unknownBefore)) symbols.Add(unknown);
                unknownBefore = true;
            }
        }

        return symbols;
    }

    private bool AddBytes(string character, List<int> symbols)
    {
        int before = symbols.Count;
        foreach (byte value in Encoding.UTF8.GetBytes(character))
        {
            if (!_vocabulary.TryGetValue($"<0x{value:X2}>", out int id))
            {
                symbols.RemoveRange(before, symbols.Count - before);
                return false;
            }

            symbols.Add(id);
        }

        return true;
    }

    private void Merge(int[] symbols, List<int> ids)
    {
        var next = new int[symbols.Length];
        var previous = new int[symbols.Length];
        var queue = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (int i = 0; i < symbols.Length; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
            Enqueue(queue, symbols, i, i + 1);
        }

        while (queue.TryDequeue(out (int At, int Left, int Right) pair, out _))
        {
            int second = next[pair.At];
            if (symbols[pair.At] != pair.Left || second >= symbols.Length || symbols[second] != pair.Right) continue;
            symbols[pair.At] = _merges[Key(pair.Left, pair.Right)].Id;
            symbols[second] = -1;
            next[pair.At] = next[second];
            if (next[second] < symbols.Length) previous[next[second]] = pair.At;
            Enqueue(queue, symbols, pair.At, next[pair.At]);
            if (previous[pair.At] >= 0) Enqueue(queue, symbols, previous[pair.At], pair.At);
        }

        for (int i = 0; i < symbols.Length; i = next[i]) ids.Add(symbols[i]);
    }

    private void Enqueue(PriorityQueue<(int At, int Left, int Right), (int Rank, int At)> queue, int[] symbols, int first, int second)
    {
        if (second < symbols.Length && _merges.TryGetValue(Key(symbols[first], symbols[second]), out (int Rank, int Id) merge))
            queue.Enqueue((first, symbols[first], symbols[second]), (merge.Rank, first));
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
