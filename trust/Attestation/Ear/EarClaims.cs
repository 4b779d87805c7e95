using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Ear;

/// <summary>
/// A verdict as a claim set of an EAR (draft-ietf-rats-ear) in the form that Trustee issues: a submodule for the CPU and one for each device, each with a status,
/// a trustworthiness vector, the policy's name and what the evidence says. Whoever makes a token of it adds issuer, times and signature.
/// </summary>
public static class EarClaims
{
    /// <summary>The profile of Trustee's tokens.</summary>
    public const string Profile = "tag:github.com,2024:confidential-containers/Trustee";

    /// <summary>The submodule of the CPU.</summary>
    public const string Cpu = "cpu0";

    /// <summary>The member with what the evidence says.</summary>
    public const string AnnotatedEvidence = "ear.veraison.annotated-evidence";

    /// <summary>Returns the claim set of a verdict.</summary>
    /// <param name="appraisal">The verdict.</param>
    public static JsonObject Write(Appraisal appraisal)
    {
        ArgumentNullException.ThrowIfNull(appraisal);
        string policy = $"{appraisal.Policy.Policy.Tenant}/{appraisal.Policy.Policy.Model}";
        return Write(appraisal.Evidence, appraisal.Devices, appraisal.Results, appraisal.Accepted, policy, appraisal.At);
    }

    /// <summary>Returns the claim set about evidence that no policy was asked about, or whose refusal lies outside the verdict: it affirms nothing.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="appraisal">The verdict; null when there is no policy.</param>
    /// <param name="isAccepted">Whether everything is accepted, beyond the verdict too.</param>
    /// <param name="policy">The policy's name.</param>
    /// <param name="at">The time.</param>
    public static JsonObject Write(AuthenticEvidence evidence, Appraisal? appraisal, bool isAccepted, string policy, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return Write(evidence, appraisal?.Devices ?? [], appraisal?.Results ?? evidence.Results, isAccepted && appraisal is { Accepted: true }, policy, at);
    }

    private static JsonObject Write(AuthenticEvidence? evidence, IReadOnlyList<AuthenticDevice> devices, IReadOnlyList<RuleResult> results, bool isAccepted, string policy, DateTimeOffset at)
    {
        var submodules = new JsonObject();
        foreach (IGrouping<string, RuleResult> part in results.GroupBy(result => SubmoduleOf(result.Subject)))
        {
            AuthenticDevice? device = devices.FirstOrDefault(one => SubmoduleOf(one.Subject) == part.Key);
            (JsonObject annotated, bool isDevelopment) = part.Key == Cpu ? (Annotate(evidence), evidence is { IsDevelopment: true }) : (Annotate(device), device is { IsDevelopment: true });
            submodules[part.Key] = Submodule([.. part], annotated, isDevelopment, isAccepted, policy);
        }

        return new JsonObject
        {
            ["eat_profile"] = Profile,
            ["iat"] = at.ToUnixTimeSeconds(),
            ["ear.verifier-id"] = new JsonObject
            {
                ["developer"] = "confidential-operator.dev",
                ["build"] = "ConfidentialOperator.Attestation " + typeof(EarClaims).Assembly.GetName().Version?.ToString(3),
            },
            ["submods"] = submodules,
        };
    }

    /// <summary>One refused part refuses the machine, so no part is better than the verdict.</summary>
    private static JsonObject Submodule(RuleResult[] results, JsonObject annotated, bool isDevelopment, bool isAccepted, string policy)
    {
        var vector = TrustVector.Of(results, isDevelopment);
        return new JsonObject
        {
            ["ear.status"] = TrustVector.Worse(vector.Status, isAccepted ? EarStatus.Affirming : EarStatus.Contraindicated),
            ["ear.trustworthiness-vector"] = vector.ToJson(),
            ["ear.appraisal-policy-id"] = policy,
            [AnnotatedEvidence] = annotated,
        };
    }

    private static JsonObject Annotate(AuthenticEvidence? evidence) => evidence is null ? [] : new()
    {
        [evidence.Tee.ToWire()] = evidence.ToTrusteeClaims(),
        ["init_data"] = evidence.InitDataDigest.ToString(),
        ["report_data"] = evidence.ReportData.ToString(),
        ["development"] = evidence.IsDevelopment,
    };

    private static JsonObject Annotate(AuthenticDevice? device) => device is null ? [] : new() { ["nvidia"] = device.WriteClaims(), ["development"] = device.IsDevelopment };

    /// <summary>Rules about the keyset and the whole machine count to the CPU's, whose evidence binds them.</summary>
    private static string SubmoduleOf(string subject) => subject switch
    {
        _ when subject.StartsWith("gpu", StringComparison.Ordinal) => subject,
        _ when subject.StartsWith("nvswitch", StringComparison.Ordinal) => subject[2..],
        _ => Cpu,
    };
}
