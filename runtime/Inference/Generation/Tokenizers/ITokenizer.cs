namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Text to token ids and back. It takes any text, also one with lone surrogates, and never throws for it.</summary>
internal interface ITokenizer
{
    /// <summary>Gets the ids that go before a text of its own, such as a begin mark.</summary>
    IReadOnlyList<int> Prefix { get; }

    /// <summary>Gets the ids that go after a text of its own, such as a separator.</summary>
    IReadOnlyList<int> Suffix { get; }

    /// <summary>Gets the most tokens of a text, where the tokenizer says that longer ones are cut; null: it does not say so.</summary>
    int? CutAt { get; }

    /// <summary>Encodes without prefix and suffix. A mark counts as a mark where it is no part of <see cref="MarkedText.Content"/>.</summary>
    void Encode(MarkedText text, List<int> ids);

    /// <summary>The id of a token by its text.</summary>
    int? IdOf(string token);

    /// <summary>Whether an id is a mark and no text.</summary>
    bool IsMark(int id);

    /// <summary>Begins to decode.</summary>
    /// <param name="continues">Whether the text goes on from another; then a space at its beginning is part of it.</param>
    ITokenDecoder NewDecoder(bool continues = false);
}
