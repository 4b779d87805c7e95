using System.Text.Json.Nodes;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

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
