using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Ear;

/// <summary>What evidence says under the names that Trustee's verifiers give it, so that a policy which reads tokens of Trustee reads these too.</summary>
internal static class TrusteeClaims
{
    /// <summary>Returns the claims; the evidence's own names where Trustee has none.</summary>
    public static JsonObject Of(AuthenticEvidence evidence) => evidence is AuthenticSnpReport snp ? Of(snp.Report) : evidence.WriteClaims();

    private static JsonObject Of(SnpReport report)
    {
        (SnpLaunchPolicy policy, SnpTcb tcb) = (report.LaunchPolicy, report.ReportedTcb);
        return new JsonObject
        {
            ["chip_id"] = report.ChipId.ToString(),
            ["measurement"] = report.Measurement.ToString(),
            ["platform_smt_enabled"] = report.PlatformInfo.HasSmt,
            ["platform_tsme_enabled"] = report.PlatformInfo.HasTsme,
            ["policy_abi_major"] = policy.AbiMajor,
            ["policy_abi_minor"] = policy.AbiMinor,
            ["policy_debug_allowed"] = policy.AllowsDebug,
            ["policy_migrate_ma"] = policy.AllowsMigration,
            ["policy_single_socket"] = policy.IsSingleSocket,
            ["policy_smt_allowed"] = policy.AllowsSmt,
            ["reported_tcb_bootloader"] = tcb.Bootloader,
            ["reported_tcb_microcode"] = tcb.Microcode,
            ["reported_tcb_snp"] = tcb.Snp,
            ["reported_tcb_tee"] = tcb.Tee,
        };
    }
}
