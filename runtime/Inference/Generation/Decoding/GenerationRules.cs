using System.Globalization;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>Checks what a caller asks for.</summary>
internal static class GenerationRules
{
    private const int StopTexts = 4;
    private const int StopLength = 1024;

    /// <summary>The first option that is out of its range; null when none is.</summary>
    public static Refusal? Check(GenerationOptions options)
    {
        if (options.MaxTokens is { } most && most < 1) return Refuse($"max_tokens must be at least 1 and is {most}.");
        if (options.Temperature is not (>= 0 and <= 2)) return Refuse($"temperature must be from 0 to 2 and is {Text(options.Temperature)}.");
        if (options.TopP is not (> 0 and <= 1)) return Refuse($"top_p must be above 0 and at most 1 and is {Text(options.TopP)}.");
        if (options.Stop.Count > StopTexts) return Refuse($"stop must have at most {StopTexts} texts and has {options.Stop.Count}.");
        return options.Stop.Any(stop => stop.Length is 0 or > StopLength) ? Refuse($"Each text of stop must have 1 to {StopLength} characters.") : null;
    }

    /// <summary>Whether prompt and answer fit into the context.</summary>
    public static Refusal? CheckLength(int prompt, int? answer, int context)
    {
        if (prompt == 0) return Refuse("The prompt has no tokens; send some text.");
        if (prompt + (long)(answer ?? 1) <= context) return null;
        string wanted = answer is { } most ? $" and max_tokens asks for {most} more" : "";
        return new Refusal(RefusalReason.ContextLengthExceeded, $"The model takes {context} tokens in all; the prompt has {prompt}{wanted}. Send less or ask for less.");
    }

    /// <summary>Whether the model knows every token.</summary>
    public static Refusal? CheckIds(List<int> ids, int vocabulary) => ids.TrueForAll(id => id < vocabulary)
        ? null
        : Refuse($"The prompt has a token that the model does not know (it knows {vocabulary}); send other text, or serve the model with its own tokenizer.");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static Refusal Refuse(string message) => new(RefusalReason.RequestInvalid, message);
}
