using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>The functions that a template can call.</summary>
internal static class TemplateFunctions
{
    private const int LongestRange = 10_000;

    /// <summary>Makes the call of a function; null when there is no such function.</summary>
    public static TemplateExpression? Call(string name, Func<TemplateState, TemplateArguments> arguments) => name switch
    {
        "raise_exception" => state => throw Raised(arguments(state).Get(0)),
        "namespace" or "dict" => state => new Dictionary<string, object?>(arguments(state).Named, StringComparer.Ordinal),
        "range" => state => Range(arguments(state)),
        // Templates ask whether it is defined first. It is not: a prompt that changes with the day is no prompt that an owner has tested.
        "strftime_now" => _ => throw new TemplateException("it calls strftime_now without asking whether it is defined"),
        _ => null,
    };

    private static List<object?> Range(TemplateArguments arguments)
    {
        long first = arguments.Has(1) ? TemplateValues.Integer(arguments.Get(0)) : 0;
        long end = TemplateValues.Integer(arguments.Get(arguments.Has(1) ? 1 : 0));
        long step = arguments.Has(2) ? TemplateValues.Integer(arguments.Get(2)) : 1;
        if (step == 0 || Math.Abs((double)end - first) / Math.Abs((double)step) > LongestRange) throw new TemplateException("a range is too long");
        var numbers = new List<object?>();
        for (long number = first; step > 0 ? number < end : number > end; number += step) numbers.Add(number);
        return numbers;
    }

    /// <summary>What the template says is repeated only where it repeats nothing of the messages.</summary>
    private static TemplateException Raised(object? message) => new(message is MarkedText { HasContent: false } text ? text.Text : "it refuses these messages");
}
