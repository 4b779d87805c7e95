using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>The names that files of a sealed model may have: relative paths that leave no way out of the folder, the same on every system.</summary>
public static class SealedFileName
{
    /// <summary>What is added to the name of a model's file to get the name of its sealed file.</summary>
    public const string Suffix = ".sealed";

    /// <summary>The most characters of a name.</summary>
    public const int Longest = 240;

    private const int LongestPart = 200;

    /// <summary>Returns whether a text is a name: parts of letters, digits and <c>._-+</c> between single slashes; no part begins with a dot.</summary>
    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= Longest } && name.Split('/').All(IsPart);

    // A part that ends like a sealed file could make the sealed file of one name the folder of another.
    private static bool IsPart(string part) =>
        part is { Length: > 0 and <= LongestPart } && part[0] != '.' && !part.EndsWith(Suffix, StringComparison.Ordinal) && part.All(IsCharacter);

    private static bool IsCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '+';
}
