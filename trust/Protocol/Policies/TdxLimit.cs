namespace ConfidentialOperator.Protocol.Policies;

/// <summary>A number that is a bound of a rule for TDX.</summary>
/// <param name="Value">The number.</param>
public sealed record TdxLimit(long Value)
{
    /// <summary>The greatest age of collateral that a policy can name, in seconds: a year.</summary>
    public const long GreatestAge = 366L * 24 * 60 * 60;

    /// <summary>The greatest evaluation data number that a policy can name.</summary>
    public const long GreatestEvaluation = int.MaxValue;
}
