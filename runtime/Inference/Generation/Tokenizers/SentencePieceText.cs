using System.Text;
using ConfidentialOperator.Inference.Generation.Loading;
using Microsoft.ML.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>The tokenizer of a SentencePiece file. A file without rules of its own for normalization gets NFKC, as its trainers assume.</summary>
internal sealed class SentencePieceText : ITokenizer
{
    private readonly SentencePieceTokenizer _tokenizer;
    private readonly Dictionary<int, string> _pieces;
    private readonly bool _normalize;

    private SentencePieceText(SentencePieceTokenizer tokenizer, bool normalize)
    {
        _tokenizer = tokenizer;
        _normalize = normalize;
        _pieces = tokenizer.Vocabulary.ToDictionary(entry => entry.Value, entry => entry.Key);
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Prefix => [];

    /// <inheritdoc/>
    public IReadOnlyList<int> Suffix => [];

    /// <inheritdoc/>
    public int? CutAt => null;

    /// <summary>Reads the file; throws <see cref="ModelFormatException"/>.</summary>
    public static SentencePieceText Read(string name, ReadOnlyMemory<byte> file)
    {
        try
        {
            using var stream = new MemoryStream(file.ToArray(), writable: false);
            var tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false, specialTokens: null);
            return new SentencePieceText(tokenizer, !SentencePieceRules.HasCharacterMap(file.Span));
        }
        catch (Exception exception) when (exception is not ModelFormatException and not OutOfMemoryException)
        {
            throw ModelFormatException.Tokenizer($"{name} is not a SentencePiece model that this version can read; export the tokenizer again.");
        }
    }

    /// <inheritdoc/>
    public void Encode(MarkedText text, List<int> ids)
    {
        string whole = MarkedText.WithoutLoneSurrogates(text.Text);
        if (_normalize) whole = UnicodeNormalizer.Normalize(whole, NormalizationForm.FormKC);
        if (whole.Length > 0) ids.AddRange(_tokenizer.EncodeToIds(whole, addBeginningOfSentence: false, addEndOfSentence: false));
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _tokenizer.Vocabulary.TryGetValue(token, out int id) ? id : null;

    /// <inheritdoc/>
    public bool IsMark(int id) => id == _tokenizer.BeginningOfSentenceId || id == _tokenizer.EndOfSentenceId;

    /// <inheritdoc/>
    public ITokenDecoder NewDecoder(bool continues = false) => new TokenDecoder(
        id => IsMark(id) || !_pieces.TryGetValue(id, out string? piece) ? null : Encoding.UTF8.GetBytes(piece.Replace('\u2581', ' ')), dropFirstSpace: !continues);
}
