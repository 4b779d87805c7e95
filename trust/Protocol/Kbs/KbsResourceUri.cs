using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary><c>kbs:///repository/type/tag</c>: the name of a secret at a key broker. The repository is the tenant.</summary>
public sealed record KbsResourceUri
{
    private const string Scheme = "kbs:///";
    private const int LongestPart = 128;

    private KbsResourceUri(string[] parts)
    {
        Repository = parts[0];
        Type = parts[1];
        Tag = parts[2];
    }

    /// <summary>Gets the first part, which is the tenant.</summary>
    public string Repository { get; }

    /// <summary>Gets the second part.</summary>
    public string Type { get; }

    /// <summary>Gets the third part.</summary>
    public string Tag { get; }

    /// <summary>Gets the name as it stands in the broker's paths.</summary>
    public string ResourcePath => $"{Repository}/{Type}/{Tag}";

    /// <summary>Reads the name with its scheme.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out KbsResourceUri? uri)
    {
        uri = null;
        return text is not null && text.StartsWith(Scheme, StringComparison.Ordinal) && TryFromPath(text[Scheme.Length..], out uri);
    }

    /// <summary>Reads the three parts as they stand in a path.</summary>
    public static bool TryFromPath(string path, [NotNullWhen(true)] out KbsResourceUri? uri)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] parts = path.Split('/', 4);
        uri = parts.Length == 3 && parts.All(IsPart) ? new KbsResourceUri(parts) : null;
        return uri is not null;
    }

    /// <summary>Returns whether a text may be one part of a name: what Trustee takes, which leaves no way to write a parent folder.</summary>
    public static bool IsPart([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= LongestPart } && text[0] != '.' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    /// <summary>Returns the name with its scheme.</summary>
    public override string ToString() => Scheme + ResourcePath;
}
