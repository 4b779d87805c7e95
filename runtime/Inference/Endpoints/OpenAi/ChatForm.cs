using System.Text.Json.Nodes;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

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
