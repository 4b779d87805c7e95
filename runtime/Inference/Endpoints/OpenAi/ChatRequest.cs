using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenAi;

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatRequest
{
    private const int MostMessages = 4096;
    private static readonly string[] s_roles = ["system", "developer", "user", "assistant"];

    public required string Model { get; init; }

    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    public required GenerationOptions Options { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    public static ChatRequest Read(RequestReader reader)
    {
        (bool stream, bool includeUsage) = SamplingFields.ReadStream(reader);
        SamplingFields.ReadNeutral(reader);
        reader.OnlyIf("logprobs", "false", value => value.ValueKind == JsonValueKind.False);
        reader.OnlyIf("store", "false", value => value.ValueKind == JsonValueKind.False);
        reader.OnlyIf("service_tier", "'auto' or 'default'", value => Is(value, "auto", "default"));
        reader.OnlyIf("tools", "an empty list", IsEmptyList);
        reader.OnlyIf("tool_choice", "'none' or 'auto'", value => Is(value, "none", "auto"));
        reader.Ignore("parallel_tool_calls");
        reader.OnlyIf("modalities", "[\"text\"]", value =>
            value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => Is(entry, "text")));
        if (reader.Child("response_format") is { } format)
        {
            format.OnlyIf("type", "'text'", value => Is(value, "text"));
        }

        return new ChatRequest
        {
            Model = reader.RequiredText("model"),
            Messages = ReadMessages(reader),
            Options = SamplingFields.Read(reader, ["max_tokens", "max_completion_tokens"], null),
            Stream = stream,
            IncludeUsage = includeUsage,
        };
    }

    public override string ToString() => nameof(ChatRequest);

    private static List<ChatMessage> ReadMessages(RequestReader reader)
    {
        RequestReader[] entries = [.. reader.Objects("messages")];
        if (entries.Length is 0 or > MostMessages)
        {
            reader.Fail("messages", $"must be a list of 1 to {MostMessages} messages");
        }

        return [.. entries.Select(Message)];
    }

    private static ChatMessage Message(RequestReader entry)
    {
        string role = entry.RequiredText("role");
        if (!s_roles.Contains(role))
        {
            entry.Fail("role", $"must be one of {string.Join(", ", s_roles)}");
        }

        entry.Ignore("name", "refusal", "annotations");
        entry.OnlyIf("tool_calls", "an empty list", IsEmptyList);
        return new ChatMessage(role == "developer" ? "system" : role, Content(entry));
    }

    private static string Content(RequestReader entry)
    {
        if (entry.Any("content") is not { ValueKind: JsonValueKind.Array })
        {
            return entry.RequiredText("content");
        }

        // Several parts of text are one text.
        return string.Concat(entry.Objects("content").ToArray().Select(part =>
        {
            part.OnlyIf("type", "'text'", value => Is(value, "text"));
            return part.RequiredText("text");
        }));
    }

    private static bool Is(JsonElement value, params string[] words) => value.ValueKind == JsonValueKind.String && words.Contains(value.GetString());

    private static bool IsEmptyList(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;
}
