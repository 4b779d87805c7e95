using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Ear;

/// <summary>
/// The trustworthiness vector of one part of a machine (draft-ietf-rats-ar4si, 2.3): eight claims, each worked out from the rules that failed. A claim for which
/// nothing was asked is 0, "no claim". 2 to 31 affirm, 32 to 95 warn, 96 to 127 contraindicate.
/// </summary>
internal sealed class TrustVector
{
    private const int NoClaim = 0;
    private const int Affirming = 2;
    private const int ApprovedBoot = 3;
    private const int Warning = 32;
    private const int UnrecognizedRuntime = 33;
    private const int UnavailableConfiguration = 36;
    private const int Contraindicated = 96;
    private const int Unrecognized = 97;
    private const int LowestWarning = 32;
    private const int LowestContraindication = 96;

    private readonly SortedDictionary<string, int> _claims = new(StringComparer.Ordinal);

    private TrustVector()
    {
    }

    /// <summary>Gets the status that the claims allow at best: the worst of their tiers.</summary>
    public string Status => Tier(_claims.Values.Max());

    /// <summary>Works out the vector.</summary>
    /// <param name="results">The rules about this part.</param>
    /// <param name="isDevelopment">Whether its evidence ends in a development root: then its hardware is unsafe.</param>
    public static TrustVector Of(IReadOnlyList<RuleResult> results, bool isDevelopment)
    {
        bool isGenuine = results.Any(result => result.Aspect == RuleAspect.Genuine) && results.All(result => result.Aspect != RuleAspect.Genuine || result.IsFine);
        bool isAsked = isGenuine && results.Any(result => result.Aspect == RuleAspect.Expected);
        var vector = new TrustVector();
        vector._claims["instance-identity"] = isGenuine ? Affirming : Unrecognized;
        vector._claims["hardware"] = isGenuine ? isDevelopment ? Warning : Affirming : Unrecognized;
        vector._claims["executables"] = isAsked ? ApprovedBoot : UnrecognizedRuntime;
        vector._claims["configuration"] = isAsked ? Affirming : UnavailableConfiguration;
        vector._claims["runtime-opaque"] = isAsked ? Affirming : NoClaim;
        vector._claims["file-system"] = results.Any(result => result is { Rule: "manifest", Outcome: RuleOutcome.Passed }) ? Affirming : NoClaim;
        vector._claims["sourced-data"] = NoClaim;
        vector._claims["storage-opaque"] = NoClaim;
        foreach (RuleResult result in results.Where(result => !result.IsFine))
        {
            (string claim, int value) = Consequence(result);
            vector._claims[claim] = Math.Max(vector._claims[claim], value);
        }

        return vector;
    }

    public static string Worse(string one, string other) => Rank(one) >= Rank(other) ? one : other;

    public JsonObject ToJson() => new(_claims.Select(claim => KeyValuePair.Create(claim.Key, (JsonNode?)claim.Value)));

    /// <summary>Which claim a rule that does not hold speaks about.</summary>
    private static (string Claim, int Value) Consequence(RuleResult result) => (result.Reason, result.Aspect) switch
    {
        (RefusalReason.DebugAllowed or RefusalReason.MigrationAllowed, _) => ("runtime-opaque", Contraindicated),
        (RefusalReason.MeasurementNotAccepted or RefusalReason.IdKeyNotAccepted or RefusalReason.ReferenceValuesMismatch, _) => ("executables", UnrecognizedRuntime),
        (RefusalReason.ManifestNotAccepted or RefusalReason.ModelVersionTooOld, _) => ("file-system", Warning),
        (RefusalReason.ChipNotAccepted or RefusalReason.ChipIdMismatch or RefusalReason.ReportDataMismatch or RefusalReason.NonceMismatch or RefusalReason.DeviceRepeated, _) => ("instance-identity", Unrecognized),
        (RefusalReason.PolicyExpired or RefusalReason.KeysetMismatch, _) => ("configuration", UnavailableConfiguration),
        (_, RuleAspect.Genuine) => ("hardware", Unrecognized),
        (_, RuleAspect.Current) => ("hardware", Warning),
        _ => ("configuration", UnavailableConfiguration),
    };

    private static string Tier(int value) => value >= LowestContraindication ? EarStatus.Contraindicated
        : value >= LowestWarning ? EarStatus.Warning
        : value >= Affirming ? EarStatus.Affirming : EarStatus.None;

    private static int Rank(string status) => Array.IndexOf(EarStatus.All, status);
}
