using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation;

/// <summary>A decoder with a chat template.</summary>
internal interface IChatModel : ICompletionModel
{
    /// <summary>
    /// Renders the messages with the model's chat template and tokenizes them; nothing is computed before <see cref="IGeneration.PiecesAsync"/>.
    /// What a message says is text and never a mark of the chat format. Refusals: RequestInvalid, ContextLengthExceeded, Overloaded.
    /// </summary>
    bool TryChat(
        IReadOnlyList<ChatMessage> messages,
        GenerationOptions options,
        [NotNullWhen(true)] out IGeneration? generation,
        [NotNullWhen(false)] out Refusal? refusal);
}
