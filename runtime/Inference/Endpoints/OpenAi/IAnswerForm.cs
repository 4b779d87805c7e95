using System.Text.Json.Nodes;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>What differs between the answers of chat and completions.</summary>
internal interface IAnswerForm
{
    /// <summary>Gets the beginning of an answer's id.</summary>
    string IdPrefix { get; }

    /// <summary>Gets the word of <c>object</c>.</summary>
    string Object(bool streamed);

    /// <summary>Returns what comes before the first piece of a stream; null when nothing does.</summary>
    JsonObject? Opening();

    /// <summary>Returns the choice around a piece of a stream, or around its end.</summary>
    JsonObject Piece(string text, string? finishReason);

    /// <summary>Returns the choice of a whole answer.</summary>
    JsonObject Whole(string text, string? finishReason);
}
