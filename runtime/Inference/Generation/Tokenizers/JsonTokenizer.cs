using System.Text;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>The tokenizer of tokenizer.json: marks, normalizer, pre-tokenizer, model, post-processor, decoder.</summary>
internal sealed class JsonTokenizer : ITokenizer
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<int, byte[]?> _bytes = [];
    private readonly AddedTokens _raw;
    private readonly AddedTokens _normalized;
    private readonly Func<string, string>? _normalize;
    private readonly PreTokenizer? _split;
    private readonly bool _byteLevel;
    private readonly ITokenModel _model;
    private readonly TokenText _text;

    private JsonTokenizer(JsonElement root)
    {
        JsonElement model = root.Member("model") ?? throw ModelFormatException.Tokenizer("tokenizer.json has no model; export the tokenizer again.");
        _vocabulary = Vocabulary(model);
        _normalize = NormalizerReader.Read(root.Member("normalizer"));
        _split = PreTokenizerReader.Read(root.Member("pre_tokenizer"));
        _byteLevel = IsByteLevel(root.Member("pre_tokenizer"));
        _model = Model(model, _vocabulary);
        _text = TokenText.Read(root.Member("decoder"));
        (Prefix, Suffix) = PostProcessorReader.Read(root.Member("post_processor"));
        CutAt = root.Member("truncation")?.Count("max_length");
        foreach ((string token, int id) in _vocabulary) _bytes[id] = _text.ToBytes(token);
        IReadOnlyList<AddedToken> added = AddedTokens.Read(root);
        foreach (AddedToken token in added)
        {
            _vocabulary[token.Content] = token.Id;
            _bytes[token.Id] = token.IsMark ? null : Encoding.UTF8.GetBytes(token.Content);
        }

        _raw = AddedTokens.Of(added.Where(token => !token.Normalized || _normalize is null));
        _normalized = AddedTokens.Of(added.Where(token => token.Normalized && _normalize is not null));
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Prefix { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Suffix { get; }

    /// <inheritdoc/>
    public int? CutAt { get; }

    /// <summary>Reads the file; throws <see cref="ModelFormatException"/>.</summary>
    public static JsonTokenizer Read(JsonElement root) => new(root);

    /// <inheritdoc/>
    public void Encode(MarkedText text, List<int> ids)
    {
        string whole = MarkedText.WithoutLoneSurrogates(text.Text);
        IReadOnlyList<Range> content = text.Content;
        foreach ((Range part, AddedToken? token) in _raw.Split(whole, content))
        {
            if (token is not null) ids.Add(token.Id);
            else EncodePart(whole[part], text.HasContent, ids);
        }
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _vocabulary.TryGetValue(token, out int id) ? id : null;

    /// <inheritdoc/>
    public bool IsMark(int id) => _bytes.TryGetValue(id, out byte[]? bytes) && bytes is null;

    /// <inheritdoc/>
    public ITokenDecoder NewDecoder(bool continues = false) => new TokenDecoder(id => _bytes.GetValueOrDefault(id), _text.DropFirstSpace && !continues);

    private void EncodePart(string part, bool hasContent, List<int> ids)
    {
        string text = _normalize is null ? part : _normalize(part);
        IReadOnlyList<Range> content = hasContent ? [0..text.Length] : [];
        foreach ((Range range, AddedToken? token) in _normalized.Split(text, content))
        {
            if (token is not null)
            {
                ids.Add(token.Id);
                continue;
            }

            string rest = text[range];
            foreach (string piece in _split?.Invoke(rest) ?? [rest]) _model.Encode(_byteLevel ? ByteAlphabet.Encode(piece) : piece, ids);
        }
    }

    private static Dictionary<string, int> Vocabulary(JsonElement model)
    {
        if (model.Member("vocab") is not { ValueKind: JsonValueKind.Object } vocab)
            throw ModelFormatException.Tokenizer("tokenizer.json: model.vocab must be an object; export the tokenizer again.");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id) || id < 0)
                throw ModelFormatException.Tokenizer("tokenizer.json: model.vocab has an id that is not a whole number; export the tokenizer again.");
            vocabulary[entry.Name] = id;
        }

        return vocabulary;
    }

    private static ITokenModel Model(JsonElement model, Dictionary<string, int> vocabulary)
    {
        // Old files leave the type out; merges tell byte pair encoding.
        string type = model.Text("type") ?? (model.Member("merges") is null ? "WordPiece" : "BPE");
        return type switch
        {
            "BPE" => new BpeModel(model, vocabulary),
            "WordPiece" => new WordPieceModel(model, vocabulary),
            _ => throw ModelFormatException.Tokenizer($"tokenizer.json: the model \"{type}\" is not known to this version; put spiece.model beside it instead."),
        };
    }

    private static bool IsByteLevel(JsonElement? element) => element is { } spec
        && (spec.Text("type") == "ByteLevel" || (spec.Member("pretokenizers") is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().Any(item => IsByteLevel(item))));
}
