using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>A decoder that continues text.</summary>
internal interface ICompletionModel : ILoadedModel
{
    /// <summary>Gets the most tokens that prompt and answer may have together.</summary>
    int ContextLength { get; }

    /// <summary>
    /// Checks and tokenizes a prompt; nothing is computed before <see cref="IGeneration.PiecesAsync"/>. Refusals: RequestInvalid,
    /// ContextLengthExceeded, Overloaded. Marks of the chat format inside the prompt are read as marks.
    /// </summary>
    bool TryComplete(
        string prompt,
        GenerationOptions options,
        [NotNullWhen(true)] out IGeneration? generation,
        [NotNullWhen(false)] out Refusal? refusal);
}
