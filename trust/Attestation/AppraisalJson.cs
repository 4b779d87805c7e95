using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Attestation;

/// <summary>The verdict as JSON: stable names, so that a program may act on it.</summary>
internal static class AppraisalJson
{
    private const string Format = "confidential-operator.dev/appraisal/v1";

    public static byte[] Write(Appraisal appraisal)
    {
        var policy = appraisal.Policy.Policy;
        return CanonicalJson.Serialize(new JsonObject
        {
            ["format"] = Format,
            ["accepted"] = appraisal.Accepted,
            ["genuine"] = appraisal.Genuine,
            ["current"] = appraisal.Current,
            ["expected"] = appraisal.Expected,
            ["development"] = appraisal.Development,
            ["at"] = appraisal.At.ToUnixTimeSeconds(),
            ["reason"] = appraisal.Refusal?.Reason.ToString(),
            ["message"] = appraisal.Refusal?.Message,
            ["policy"] = new JsonObject
            {
                ["tenant"] = policy.Tenant,
                ["model"] = policy.Model,
                ["version"] = policy.PolicyVersion,
                ["sha256"] = appraisal.Policy.Sha256.ToString(),
                ["notAfter"] = policy.NotAfter.ToUnixTimeSeconds(),
            },
            ["evidence"] = appraisal.Evidence is null ? null : Write(appraisal.Evidence),
            ["waivers"] = new JsonArray([.. appraisal.Waivers.Select(waiver =>
                (JsonNode)new JsonObject { ["check"] = waiver.Check, ["reason"] = waiver.Reason })]),
            ["rules"] = new JsonArray([.. appraisal.Results.Select(Write)]),
        });
    }

    private static JsonObject Write(AuthenticSnpReport evidence) => new()
    {
        ["tee"] = "snp",
        ["product"] = evidence.Product.ToString(),
        ["signedBy"] = evidence.SignedBy.ToString().ToUpperInvariant(),
        ["measurement"] = evidence.Report.Measurement.ToString(),
        ["initDataDigest"] = evidence.Report.HostData.ToString(),
        ["chipId"] = evidence.Report.ChipId.ToString(),
        ["vmpl"] = evidence.Report.Vmpl,
        ["guestPolicy"] = evidence.Report.LaunchPolicy.ToString(),
        ["tcb"] = new JsonObject
        {
            ["reported"] = evidence.Report.ReportedTcb.ToString(),
            ["committed"] = evidence.Report.CommittedTcb.ToString(),
            ["current"] = evidence.Report.CurrentTcb.ToString(),
            ["launch"] = evidence.Report.LaunchTcb.ToString(),
        },
        ["revocation"] = evidence.Revocation.Found,
    };

    private static JsonNode Write(RuleResult result) => new JsonObject
    {
        ["rule"] = result.Rule,
        ["aspect"] = result.Aspect.ToString().ToLowerInvariant(),
        ["outcome"] = result.Outcome.ToString().ToLowerInvariant(),
        ["expected"] = result.Expected,
        ["found"] = result.Found,
        ["reason"] = result.Refusal?.Reason.ToString(),
        ["message"] = result.Message,
        ["specification"] = result.Specification,
    };
}
