using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>An encoder that turns text into vectors of length 1.</summary>
internal interface IEmbeddingModel : ILoadedModel
{
    /// <summary>Gets the numbers in a vector.</summary>
    int Dimensions { get; }

    /// <summary>
    /// Embeds texts, in their order. A longer text is cut where the model's tokenizer says so, otherwise refused with ContextLengthExceeded.
    /// Other refusals: RequestInvalid.
    /// </summary>
    Task<Outcome<EmbeddingBatch>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default);
}
