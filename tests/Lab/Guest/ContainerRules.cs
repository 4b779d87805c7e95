using System.Text.RegularExpressions;

namespace ConfidentialOperator.Lab.Guest;

/// <summary>What a guest's policy says of one container.</summary>
internal sealed record ContainerRules
{
    public required string Name { get; init; }

    public required string Image { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Variables that must be there as they are.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>Variables of which exactly the value is not known in advance.</summary>
    public required IReadOnlyList<Regex> Patterns { get; init; }

    public required IReadOnlyList<string> Mounts { get; init; }
}
