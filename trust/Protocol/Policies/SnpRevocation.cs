namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The demand that a current revocation list of the root must have been looked at.</summary>
public sealed record SnpRevocation
{
    /// <summary>Gets the demand.</summary>
    public static SnpRevocation ListRequired { get; } = new();
}
