using System.Collections.Frozen;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>A test of a value.</summary>
internal delegate bool TemplateTest(object? value, TemplateArguments arguments);

/// <summary>The tests: what stands behind <c>is</c>.</summary>
internal static class TemplateTests
{
    private static readonly FrozenDictionary<string, TemplateTest> s_tests = new Dictionary<string, TemplateTest>(StringComparer.Ordinal)
    {
        ["defined"] = (value, _) => value != TemplateValues.Undefined,
        ["undefined"] = (value, _) => value == TemplateValues.Undefined,
        ["none"] = (value, _) => value is null,
        ["string"] = (value, _) => value is MarkedText,
        ["number"] = (value, _) => value is long or double or bool,
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["boolean"] = (value, _) => value is bool,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["mapping"] = (value, _) => value is Dictionary<string, object?>,
        ["sequence"] = (value, _) => value is List<object?> or MarkedText or Dictionary<string, object?>,
        ["iterable"] = (value, _) => value is List<object?> or MarkedText or Dictionary<string, object?>,
        ["odd"] = (value, _) => TemplateValues.Integer(value) % 2 != 0,
        ["even"] = (value, _) => TemplateValues.Integer(value) % 2 == 0,
        ["divisibleby"] = (value, arguments) => TemplateValues.IsTrue(TemplateValues.Integer(arguments.Get(0))) && TemplateValues.Integer(value) % TemplateValues.Integer(arguments.Get(0)) == 0,
        ["equalto"] = (value, arguments) => TemplateValues.Same(value, arguments.Get(0)),
        ["eq"] = (value, arguments) => TemplateValues.Same(value, arguments.Get(0)),
        ["ne"] = (value, arguments) => !TemplateValues.Same(value, arguments.Get(0)),
        ["in"] = (value, arguments) => TemplateValues.Contains(arguments.Get(0), value),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds a test.</summary>
    public static TemplateTest? Find(string name) => s_tests.GetValueOrDefault(name);
}
