namespace ConfidentialOperator.Inference.Generation;

/// <summary>Vectors, one for each text.</summary>
/// <param name="Vectors">The vectors, each with the model's dimensions.</param>
/// <param name="PromptTokens">The tokens of all texts together, without padding.</param>
internal sealed record EmbeddingBatch(IReadOnlyList<float[]> Vectors, int PromptTokens);
