using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Decoding;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tokenizers;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>The chat template of a model: the part of Jinja that such templates use.</summary>
internal sealed class ChatTemplate
{
    private const string File = "chat_template.jinja";
    private const string ConfigFile = "tokenizer_config.json";

    private static readonly string[] s_marks = ["bos_token", "eos_token", "unk_token", "pad_token"];

    private readonly TemplateStatement _body;
    private readonly Dictionary<string, object?> _marks;

    private ChatTemplate(TemplateStatement body, Dictionary<string, object?> marks)
    {
        _body = body;
        _marks = marks;
    }

    /// <summary>Reads the template of a model and tries it with one message; throws <see cref="ModelFormatException"/>.</summary>
    public static ChatTemplate Read(ModelFiles files, JsonElement? config)
    {
        bool ownFile = files.TryGet(File, out ReadOnlyMemory<byte> content);
        string source = (ownFile ? Encoding.UTF8.GetString(content.Span) : FromConfig(config))
            ?? throw ModelFormatException.Tokenizer("The model has no chat template (chat_template in tokenizer_config.json, or chat_template.jinja); add one or serve it for completions.");
        var marks = s_marks.Select(name => (Name: name, Text: DecoderSettings.Special(config, name))).Where(mark => mark.Text is not null)
            .ToDictionary(mark => mark.Name, object? (mark) => MarkedText.Trusted(mark.Text!), StringComparer.Ordinal);
        return Parse(source, marks, ownFile ? File : $"{ConfigFile}: chat_template");
    }

    /// <summary>Reads a template; throws <see cref="ModelFormatException"/>.</summary>
    public static ChatTemplate Parse(string source, Dictionary<string, object?> marks, string name)
    {
        try
        {
            var template = new ChatTemplate(StatementParser.Read(source), marks);
            template.Render([new ChatMessage("user", "Hello")]);
            return template;
        }
        catch (Exception exception) when (exception is TemplateException or OverflowException)
        {
            throw ModelFormatException.Tokenizer($"{name} cannot be used: {exception.Message}. Use a template that this version can read.");
        }
    }

    /// <summary>Renders messages, ready for the answer.</summary>
    public bool TryRender(IReadOnlyList<ChatMessage> messages, [NotNullWhen(true)] out MarkedText? text, [NotNullWhen(false)] out Refusal? refusal)
    {
        text = null;
        refusal = null;
        try
        {
            if (messages.Count > 0) text = Render(messages);
            else refusal = new Refusal(RefusalReason.RequestInvalid, "messages is empty; send at least one message.");
        }
        catch (Exception exception) when (exception is TemplateException or OverflowException)
        {
            refusal = new Refusal(
                RefusalReason.RequestInvalid, $"The model's chat template does not take these messages: {exception.Message}. Check their roles and their order.");
        }

        return text is not null;
    }

    private MarkedText Render(IReadOnlyList<ChatMessage> messages)
    {
        var variables = new Dictionary<string, object?>(_marks, StringComparer.Ordinal)
        {
            ["messages"] = messages.Select(object? (message) => new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["role"] = MarkedText.OfContent(message.Role),
                ["content"] = MarkedText.OfContent(message.Content),
            }).ToList(),
            ["add_generation_prompt"] = true,
            ["tools"] = null,
            ["documents"] = null,
        };
        var state = new TemplateState(variables);
        _body(state);
        return state.Output;
    }

    private static string? FromConfig(JsonElement? config)
    {
        if (config?.Text("chat_template") is { } single) return single;
        if (config?.Member("chat_template") is not { ValueKind: JsonValueKind.Array } several) return null;
        return several.EnumerateArray().FirstOrDefault(entry => entry.Text("name") == "default").Text("template");
    }
}
