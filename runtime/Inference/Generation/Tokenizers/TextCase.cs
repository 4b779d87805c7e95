namespace ConfidentialOperator.Inference.Generation.Tokenizers;

/// <summary>Lower case as Unicode's default mapping has it, character by character.</summary>
internal static class TextCase
{
    /// <summary>Lower-cases a text. Only one character becomes two: the capital I with a dot.</summary>
    public static string ToLower(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);
}
