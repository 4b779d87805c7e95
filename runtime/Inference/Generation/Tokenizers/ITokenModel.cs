namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Turns one piece of text into ids.</summary>
internal interface ITokenModel
{
    /// <summary>Appends the ids of a piece.</summary>
    void Encode(string piece, List<int> ids);
}
