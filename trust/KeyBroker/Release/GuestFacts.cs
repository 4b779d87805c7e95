using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.KeyBroker.Release;

/// <summary>What authentic evidence says of a guest, in words: for status, audit log and token. No decision is made from it.</summary>
internal sealed record GuestFacts
{
    public static GuestFacts Unknown { get; } = new();

    /// <summary>Gets the launch measurement in lower-case hex.</summary>
    public string Measurement { get; init; } = "";

    /// <summary>Gets the measured initdata digest (HOST_DATA) in lower-case hex.</summary>
    public string InitDataSha256 { get; init; } = "";

    /// <summary>Gets the reported TCB, for people.</summary>
    public string Tcb { get; init; } = "";

    /// <summary>Gets whether the evidence ends in a development root.</summary>
    public bool Development { get; init; }

    /// <summary>Gets the claims of the token under Trustee's names: text, numbers and truth values.</summary>
    public IReadOnlyDictionary<string, object> Claims { get; init; } = new Dictionary<string, object>();

    public static GuestFacts Of(AuthenticSnpReport authentic) => new()
    {
        Measurement = authentic.Report.Measurement.ToString(),
        InitDataSha256 = authentic.Report.HostData.ToString(),
        Tcb = authentic.Report.ReportedTcb.ToString(),
        Development = authentic.IsDevelopment,
        Claims = ClaimsOf(authentic.Report),
    };

    private static Dictionary<string, object> ClaimsOf(SnpReport report)
    {
        (SnpLaunchPolicy policy, SnpTcb tcb) = (report.LaunchPolicy, report.ReportedTcb);
        return new Dictionary<string, object>
        {
            ["measurement"] = report.Measurement.ToString(),
            ["chip_id"] = report.ChipId.ToString(),
            ["policy_abi_major"] = policy.AbiMajor,
            ["policy_abi_minor"] = policy.AbiMinor,
            ["policy_smt_allowed"] = policy.AllowsSmt,
            ["policy_migrate_ma"] = policy.AllowsMigration,
            ["policy_debug_allowed"] = policy.AllowsDebug,
            ["policy_single_socket"] = policy.IsSingleSocket,
            ["reported_tcb_bootloader"] = tcb.Bootloader,
            ["reported_tcb_tee"] = tcb.Tee,
            ["reported_tcb_snp"] = tcb.Snp,
            ["reported_tcb_microcode"] = tcb.Microcode,
            ["platform_smt_enabled"] = (report.PlatformInfo & 1) != 0,
            ["platform_tsme_enabled"] = (report.PlatformInfo & 2) != 0,
        };
    }
}
