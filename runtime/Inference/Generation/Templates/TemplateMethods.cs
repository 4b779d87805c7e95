using System.Collections.Frozen;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>A method of a value.</summary>
internal delegate object? TemplateMethod(object? self, TemplateArguments arguments);

/// <summary>The methods that texts and mappings have.</summary>
internal static class TemplateMethods
{
    private static readonly FrozenDictionary<string, TemplateMethod> s_methods = new Dictionary<string, TemplateMethod>(StringComparer.Ordinal)
    {
        ["strip"] = (self, arguments) => TemplateTexts.Trim(Text(self), true, true, Characters(arguments)),
        ["lstrip"] = (self, arguments) => TemplateTexts.Trim(Text(self), true, false, Characters(arguments)),
        ["rstrip"] = (self, arguments) => TemplateTexts.Trim(Text(self), false, true, Characters(arguments)),
        ["startswith"] = (self, arguments) => Text(self).Text.StartsWith(Text(arguments.Get(0)).Text, StringComparison.Ordinal),
        ["endswith"] = (self, arguments) => Text(self).Text.EndsWith(Text(arguments.Get(0)).Text, StringComparison.Ordinal),
        ["split"] = (self, arguments) => TemplateTexts.Split(Text(self), Characters(arguments), arguments.Has(1, "maxsplit") ? (int)TemplateValues.Integer(arguments.Get(1, "maxsplit")) : int.MaxValue),
        ["upper"] = (self, _) => Text(self).Map(text => text.ToUpperInvariant()),
        ["lower"] = (self, _) => Text(self).Map(text => text.ToLowerInvariant()),
        ["title"] = (self, _) => TemplateTexts.Title(Text(self)),
        ["capitalize"] = (self, _) => TemplateTexts.Capitalize(Text(self)),
        ["replace"] = (self, arguments) => TemplateTexts.Replace(Text(self), Text(arguments.Get(0)), Text(arguments.Get(1))),
        ["join"] = (self, arguments) => TemplateTexts.Join(TemplateValues.Items(arguments.Get(0)), Text(self)),
        ["items"] = (self, _) => Pairs(self),
        ["keys"] = (self, _) => TemplateValues.Items(Map(self)),
        ["values"] = (self, _) => Map(self).Values.ToList(),
        ["get"] = (self, arguments) => Map(self).TryGetValue(Text(arguments.Get(0)).Text, out object? value) ? value : arguments.Has(1) ? arguments.Get(1) : null,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds a method.</summary>
    public static TemplateMethod? Find(string name) => s_methods.GetValueOrDefault(name);

    public static List<object?> Pairs(object? self) => [.. Map(self).Select(object? (pair) => new List<object?> { MarkedText.Trusted(pair.Key), pair.Value })];

    public static MarkedText Text(object? value) => value as MarkedText ?? throw new TemplateException("a text is expected where there is none");

    private static Dictionary<string, object?> Map(object? value) => value as Dictionary<string, object?> ?? throw new TemplateException("a mapping is expected where there is none");

    private static string? Characters(TemplateArguments arguments) => arguments.Has(0) && arguments.Get(0) is not null ? Text(arguments.Get(0)).Text : null;
}
