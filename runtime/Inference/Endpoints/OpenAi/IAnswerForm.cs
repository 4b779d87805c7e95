using System.Text.Json.Nodes;
using ConfidentialOperator.Inference.Generation;

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

/// <summary>The form of <c>/v1/chat/completions</c>.</summary>
internal sealed class ChatForm : IAnswerForm
{
    public string IdPrefix => "chatcmpl-";

    public string Object(bool streamed) => streamed ? "chat.completion.chunk" : "chat.completion";

    public JsonObject? Opening() => Choice("delta", new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);

    public JsonObject Piece(string text, string? finishReason) =>
        Choice("delta", text.Length == 0 ? [] : new JsonObject { ["content"] = text }, finishReason);

    public JsonObject Whole(string text, string? finishReason) =>
        Choice("message", new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = null }, finishReason);

    private static JsonObject Choice(string name, JsonObject content, string? finishReason) =>
        new() { ["index"] = 0, [name] = content, ["logprobs"] = null, ["finish_reason"] = finishReason };
}

/// <summary>The form of <c>/v1/completions</c>.</summary>
internal sealed class CompletionForm : IAnswerForm
{
    public string IdPrefix => "cmpl-";

    public string Object(bool streamed) => "text_completion";

    public JsonObject? Opening() => null;

    public JsonObject Piece(string text, string? finishReason) => Whole(text, finishReason);

    public JsonObject Whole(string text, string? finishReason) =>
        new() { ["index"] = 0, ["text"] = text, ["logprobs"] = null, ["finish_reason"] = finishReason };
}

/// <summary>The words of <see cref="FinishReason"/>.</summary>
internal static class FinishWords
{
    public static string? Word(this FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => null,
    };
}
