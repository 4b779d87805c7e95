namespace ConfidentialOperator.Attestation.Ear;

/// <summary>The values of <c>ear.status</c>, from good to bad.</summary>
internal static class EarStatus
{
    public const string Affirming = "affirming";
    public const string None = "none";
    public const string Warning = "warning";
    public const string Contraindicated = "contraindicated";

    public static readonly string[] All = [Affirming, None, Warning, Contraindicated];
}
