using System.Text.RegularExpressions;

namespace ConfidentialOperator.KeyBroker.Access;

/// <summary>
/// The names that may stand in a path: a segment of a KBS resource. None begins with a dot, so a tenant's name is always the name of a
/// folder directly below the folder of tenants.
/// </summary>
internal static partial class ResourceName
{
    public static bool IsValid(string name) => Segment().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Segment();
}
