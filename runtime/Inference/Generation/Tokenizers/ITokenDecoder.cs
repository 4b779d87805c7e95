namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Turns ids into text, one after the other.</summary>
internal interface ITokenDecoder
{
    /// <summary>Takes an id; gives the characters that are whole now, often none. Marks and unknown ids are no text.</summary>
    string Append(int id);
}
