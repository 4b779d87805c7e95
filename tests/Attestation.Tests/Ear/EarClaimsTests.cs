using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Ear;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Ear;

/// <summary>A verdict as claims: what fails decides which claim, and no part is better than the whole.</summary>
public sealed class EarClaimsTests
{
    private static readonly string[] s_claims =
        ["configuration", "executables", "file-system", "hardware", "instance-identity", "runtime-opaque", "sourced-data", "storage-opaque"];

    private static readonly string[] s_trusteeNames =
    [
        "chip_id", "measurement", "platform_smt_enabled", "platform_tsme_enabled", "policy_abi_major", "policy_abi_minor", "policy_debug_allowed", "policy_migrate_ma",
        "policy_single_socket", "policy_smt_allowed", "reported_tcb_bootloader", "reported_tcb_microcode", "reported_tcb_snp", "reported_tcb_tee",
    ];

    [Fact]
    public void AnAcceptedGuestOfTestHardwareIsAWarning()
    {
        JsonNode cpu = Cpu(new Scene());
        Assert.Equal("warning", cpu["ear.status"]!.GetValue<string>());
        JsonObject vector = cpu["ear.trustworthiness-vector"]!.AsObject();
        Assert.Equal(s_claims, vector.Select(claim => claim.Key));
        Assert.Equal([2, 3, 2, 32, 2, 2, 0, 0], vector.Select(claim => claim.Value!.GetValue<int>()));
        Assert.Equal("clinic/triage-notes", cpu["ear.appraisal-policy-id"]!.GetValue<string>());
        JsonObject claims = cpu["ear.veraison.annotated-evidence"]!["snp"]!.AsObject();
        Assert.Subset(claims.Select(claim => claim.Key).ToHashSet(), s_trusteeNames.ToHashSet());
    }

    [Fact]
    public void TheClaimSetHasItsProfileTimeAndVerifier()
    {
        JsonObject claims = EarClaims.Write(new Scene().Verify().Appraisal);
        Assert.Equal("tag:github.com,2024:confidential-containers/Trustee", claims["eat_profile"]!.GetValue<string>());
        Assert.Equal(Scene.Noon.ToUnixTimeSeconds(), claims["iat"]!.GetValue<long>());
        Assert.Equal("confidential-operator.dev", claims["ear.verifier-id"]!["developer"]!.GetValue<string>());
        Assert.StartsWith("ConfidentialOperator.Attestation ", claims["ear.verifier-id"]!["build"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RefusalReason.MeasurementNotAccepted, RuleAspect.Expected, "executables", 33)]
    [InlineData(RefusalReason.DebugAllowed, RuleAspect.Expected, "runtime-opaque", 96)]
    [InlineData(RefusalReason.VmplNotAccepted, RuleAspect.Expected, "configuration", 36)]
    [InlineData(RefusalReason.ChipNotAccepted, RuleAspect.Expected, "instance-identity", 97)]
    [InlineData(RefusalReason.TcbTooOld, RuleAspect.Current, "hardware", 32)]
    [InlineData(RefusalReason.ManifestNotAccepted, RuleAspect.Expected, "file-system", 32)]
    public void WhatFailsDecidesTheClaim(RefusalReason reason, RuleAspect aspect, string claim, int value)
    {
        RuleResult[] results = [Result(RuleAspect.Genuine), Result(RuleAspect.Expected), Result(aspect, RuleOutcome.Failed, reason)];
        JsonObject vector = TrustVector.Of(results, isDevelopment: false).ToJson();
        Assert.Equal(value, vector[claim]!.GetValue<int>());
        Assert.All(vector.Where(other => other.Key != claim), other => Assert.InRange(other.Value!.GetValue<int>(), 0, 31));
    }

    [Fact]
    public void RealHardwareUnderItsPolicyIsAffirmed() =>
        Assert.Equal("affirming", TrustVector.Of([Result(RuleAspect.Genuine), Result(RuleAspect.Expected)], isDevelopment: false).Status);

    [Fact]
    public void WhatIsNotGenuineOrWasNotAskedIsNotAffirmed()
    {
        Assert.Equal("contraindicated", TrustVector.Of([Result(RuleAspect.Genuine, RuleOutcome.Failed, RefusalReason.SignatureInvalid)], isDevelopment: false).Status);
        Assert.Equal("contraindicated", TrustVector.Of([Result(RuleAspect.Genuine), Result(RuleAspect.Genuine, RuleOutcome.NotReached)], isDevelopment: false).Status);
        Assert.Equal("warning", TrustVector.Of([Result(RuleAspect.Genuine)], isDevelopment: false).Status);
        Assert.Equal("contraindicated", TrustVector.Of([], isDevelopment: false).Status);
    }

    [Fact]
    public void OneRefusedPartContraindicatesEveryPart()
    {
        Scene scene = Scene.WithSnp(snp => snp with { Vmpl = [1] });
        Assert.Equal("contraindicated", Cpu(scene)["ear.status"]!.GetValue<string>());
        AuthenticEvidence evidence = scene.Verify().Appraisal.Evidence!;
        JsonObject unasked = EarClaims.Write(evidence, null, isAccepted: true, "default", Scene.Noon);
        Assert.Equal("contraindicated", unasked["submods"]!["cpu0"]!["ear.status"]!.GetValue<string>());
    }

    private static JsonNode Cpu(Scene scene) => EarClaims.Write(scene.Verify().Appraisal)["submods"]!["cpu0"]!;

    private static RuleResult Result(RuleAspect aspect, RuleOutcome outcome = RuleOutcome.Passed, RefusalReason reason = RefusalReason.None) =>
        new() { Rule = "rule", Aspect = aspect, Outcome = outcome, Expected = "", Found = "", Reason = reason, Specification = "" };
}
