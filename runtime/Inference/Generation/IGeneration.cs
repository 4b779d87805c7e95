namespace ConfidentialOperator.Inference.Generation;

/// <summary>One answer in the making. Dispose it always; that frees its cache, whether or not it was read to the end.</summary>
internal interface IGeneration : IAsyncDisposable
{
    /// <summary>Gets the number of tokens of the prompt.</summary>
    int PromptTokens { get; }

    /// <summary>Gets the number of tokens made so far (the end mark counts).</summary>
    int CompletionTokens { get; }

    /// <summary>Gets why the answer ended; <see cref="FinishReason.None"/> while it has not.</summary>
    FinishReason FinishReason { get; }

    /// <summary>Makes the answer, piece by piece. Each piece is whole characters and never empty. Can be read once.</summary>
    IAsyncEnumerable<string> PiecesAsync(CancellationToken cancellationToken = default);
}
