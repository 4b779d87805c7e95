using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol.Evidence;
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
                ["signers"] = new JsonArray([.. appraisal.Policy.Signers.Select(signer => (JsonNode)signer.KeyId)]),
            },
            ["evidence"] = appraisal.Evidence is null ? null : Write(appraisal.Evidence),
            ["devices"] = new JsonArray([.. appraisal.Devices.Select(Write)]),
            ["waivers"] = new JsonArray([.. appraisal.Waivers.Select(waiver =>
                (JsonNode)new JsonObject { ["check"] = waiver.Check, ["reason"] = waiver.Reason })]),
            ["rules"] = new JsonArray([.. appraisal.Results.Select(Write)]),
        });
    }

    private static JsonObject Write(AuthenticEvidence evidence)
    {
        JsonObject claims = evidence.WriteClaims();
        claims["tee"] = evidence.Tee.ToWire();
        return claims;
    }

    private static JsonNode Write(AuthenticDevice device)
    {
        JsonObject claims = device.WriteClaims();
        claims["subject"] = device.Subject;
        return claims;
    }

    private static JsonNode Write(RuleResult result) => new JsonObject
    {
        ["rule"] = result.Rule,
        ["subject"] = result.Subject,
        ["aspect"] = result.Aspect.ToString().ToLowerInvariant(),
        ["outcome"] = result.Outcome.ToString().ToLowerInvariant(),
        ["expected"] = result.Expected,
        ["found"] = result.Found,
        ["reason"] = result.Refusal?.Reason.ToString(),
        ["message"] = result.Message,
        ["specification"] = result.Specification,
    };
}
