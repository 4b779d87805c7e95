using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>WordPiece: the longest token that fits, from the left.</summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly int _unknown;
    private readonly int _maximumCharacters;
    private readonly int _longest;
    private readonly string _prefix;

    public WordPieceModel(JsonElement spec, Dictionary<string, int> vocabulary)
    {
        _vocabulary = vocabulary;
        _prefix = spec.Text("continuing_subword_prefix") ?? "##";
        _maximumCharacters = spec.Count("max_input_chars_per_word") ?? 100;
        _longest = vocabulary.Keys.DefaultIfEmpty("").Max(token => token.Length);
        if (!vocabulary.TryGetValue(spec.Text("unk_token") ?? "[UNK]", out _unknown))
            throw ModelFormatException.Tokenizer("tokenizer.json: model.unk_token is not in model.vocab; export the tokenizer again.");
    }

    /// <inheritdoc/>
    public void Encode(string piece, List<int> ids)
    {
        if (piece.Length == 0) return;
        int before = ids.Count;
        if (CodePoints(piece) <= _maximumCharacters && TryEncode(piece, ids)) return;
        ids.RemoveRange(before, ids.Count - before);
        ids.Add(_unknown);
    }

    private bool TryEncode(string piece, List<int> ids)
    {
        for (int start = 0; start < piece.Length;)
        {
            int end = Math.Min(piece.Length, start + _longest);
            int id = -1;
            while (end > start && !_vocabulary.TryGetValue(start == 0 ? piece[..end] : _prefix + piece[start..end], out id)) end--;
            if (end == start) return false;
            ids.Add(id);
            start = end;
        }

        return true;
    }

    private static int CodePoints(string piece) => piece.EnumerateRunes().Count();
}
