using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.KeyBroker.Access;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary><c>kbs:///repository/type/tag</c>: the name of a resource. The repository is the tenant.</summary>
internal sealed record KbsResourceUri(string Repository, string Type, string Tag)
{
    private const string Scheme = "kbs:///";

    public static bool TryParse(string text, [NotNullWhen(true)] out KbsResourceUri? uri)
    {
        string[] parts = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..].Split('/') : [];
        uri = parts.Length == 3 && parts.All(ResourceName.IsValid) ? new KbsResourceUri(parts[0], parts[1], parts[2]) : null;
        return uri is not null;
    }

    public override string ToString() => $"{Scheme}{Repository}/{Type}/{Tag}";
}
