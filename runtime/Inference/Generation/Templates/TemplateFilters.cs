using System.Collections.Frozen;
using System.Globalization;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>The filters: what stands behind a bar.</summary>
internal static class TemplateFilters
{
    private static readonly FrozenDictionary<string, TemplateMethod> s_filters = new Dictionary<string, TemplateMethod>(StringComparer.Ordinal)
    {
        ["trim"] = (value, _) => TemplateTexts.Trim(TemplateValues.Text(value), true, true),
        ["length"] = (value, _) => Length(value),
        ["count"] = (value, _) => Length(value),
        ["upper"] = (value, _) => TemplateValues.Text(value).Map(text => text.ToUpperInvariant()),
        ["lower"] = (value, _) => TemplateValues.Text(value).Map(text => text.ToLowerInvariant()),
        ["title"] = (value, _) => TemplateTexts.Title(TemplateValues.Text(value)),
        ["capitalize"] = (value, _) => TemplateTexts.Capitalize(TemplateValues.Text(value)),
        ["replace"] = (value, arguments) => TemplateTexts.Replace(TemplateValues.Text(value), TemplateMethods.Text(arguments.Get(0)), TemplateMethods.Text(arguments.Get(1))),
        ["first"] = (value, _) => TemplateValues.Items(value) is [var first, ..] ? first : TemplateValues.Undefined,
        ["last"] = (value, _) => TemplateValues.Items(value) is [.., var last] ? last : TemplateValues.Undefined,
        ["list"] = (value, _) => TemplateValues.Items(value).ToList(),
        ["reverse"] = (value, _) => TemplateValues.Items(value).AsEnumerable().Reverse().ToList(),
        ["join"] = (value, arguments) => TemplateTexts.Join(TemplateValues.Items(value), arguments.Has(0, "d") ? TemplateMethods.Text(arguments.Get(0, "d")) : MarkedText.Trusted("")),
        ["string"] = (value, _) => TemplateValues.Text(value),
        ["int"] = (value, _) => Integer(value),
        ["items"] = (value, _) => TemplateMethods.Pairs(value),
        ["default"] = Default,
        ["d"] = Default,
        ["tojson"] = (value, arguments) => TemplateJson.Write(value, arguments.Has(0, "indent") && arguments.Get(0, "indent") is { } indent ? (int)TemplateValues.Integer(indent) : null),
        ["selectattr"] = (value, arguments) => Select(value, arguments, keep: true),
        ["rejectattr"] = (value, arguments) => Select(value, arguments, keep: false),
        ["map"] = (value, arguments) => TemplateValues.Items(value)
            .Select(item => TemplateValues.Member(item, arguments.Named.GetValueOrDefault("attribute") ?? throw new TemplateException("the filter map knows an attribute only"))).ToList(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds a filter.</summary>
    public static TemplateMethod? Find(string name) => s_filters.GetValueOrDefault(name);

    private static long Length(object? value) => value is MarkedText text ? text.Length : TemplateValues.Items(value).Count;

    private static object? Default(object? value, TemplateArguments arguments)
    {
        bool alsoFalse = TemplateValues.IsTrue(arguments.Get(1, "boolean"));
        return value == TemplateValues.Undefined || (alsoFalse && !TemplateValues.IsTrue(value)) ? arguments.Get(0, "default_value") : value;
    }

    private static object Integer(object? value) => value is MarkedText text
        ? long.TryParse(text.Text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : 0L
        : value is double real ? (long)Math.Truncate(real) : TemplateValues.Integer(value);

    private static List<object?> Select(object? value, TemplateArguments arguments, bool keep)
    {
        object? attribute = TemplateMethods.Text(arguments.Get(0));
        TemplateTest test = arguments.Has(1)
            ? TemplateTests.Find(TemplateMethods.Text(arguments.Get(1)).Text) ?? throw new TemplateException("a filter names a test that is not known")
            : (item, _) => TemplateValues.IsTrue(item);
        var rest = new TemplateArguments([.. arguments.Positional.Skip(2)], arguments.Named);
        return [.. TemplateValues.Items(value).Where(item => test(TemplateValues.Member(item, attribute), rest) == keep)];
    }
}
