using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionRequest
{
    // OpenAI's default for this endpoint.
    private const int DefaultTokens = 16;

    public required string Model { get; init; }

    public required string Prompt { get; init; }

    public required GenerationOptions Options { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    public static CompletionRequest Read(RequestReader reader)
    {
        (bool stream, bool includeUsage) = SamplingFields.ReadStream(reader);
        SamplingFields.ReadNeutral(reader);
        reader.OnlyIf("best_of", "1", value => SamplingFields.IsNumber(value, 1));
        reader.OnlyIf("echo", "false", value => value.ValueKind == JsonValueKind.False);
        reader.OnlyIf("suffix", "an empty text", value => value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0);
        IReadOnlyList<string>? prompts = reader.Texts("prompt", 1);
        if (prompts is { Count: 0 })
        {
            reader.Fail("prompt", "must have one text");
        }

        return new CompletionRequest
        {
            Model = reader.RequiredText("model"),
            Prompt = prompts is [string prompt] ? prompt : reader.Missing("prompt", ""),
            Options = SamplingFields.Read(reader, ["max_tokens"], DefaultTokens),
            Stream = stream,
            IncludeUsage = includeUsage,
        };
    }

    public override string ToString() => nameof(CompletionRequest);
}
