namespace ConfidentialOperator.Inference.Generation.Templates;

/// <summary>The arguments of a call.</summary>
/// <param name="Positional">Those without a name.</param>
/// <param name="Named">Those with one.</param>
internal sealed record TemplateArguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static TemplateArguments None { get; } = new([], new Dictionary<string, object?>());

    /// <summary>An argument by position or name; absent: undefined.</summary>
    public object? Get(int index, string name = "") =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out object? value) ? value : TemplateValues.Undefined;

    /// <summary>Whether there is such an argument.</summary>
    public bool Has(int index, string name = "") => index < Positional.Count || Named.ContainsKey(name);
}
