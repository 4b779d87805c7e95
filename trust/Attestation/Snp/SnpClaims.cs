using System.Text.Json.Nodes;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>What an authentic report says, for verdicts and tokens.</summary>
internal static class SnpClaims
{
    public static JsonObject Write(AuthenticSnpReport evidence)
    {
        SnpReport report = evidence.Report;
        return new JsonObject
        {
            ["product"] = evidence.Product.ToString(),
            ["signedBy"] = evidence.SignedBy.ToString().ToUpperInvariant(),
            ["provider"] = evidence.Provider,
            ["version"] = report.Version,
            ["measurement"] = report.Measurement.ToString(),
            ["initDataDigest"] = report.HostData.ToString(),
            ["reportData"] = report.ReportData.ToString(),
            ["chipId"] = report.ChipId.ToString(),
            ["vmpl"] = report.Vmpl,
            ["guestSvn"] = report.GuestSvn,
            ["familyId"] = report.FamilyId.ToString(),
            ["imageId"] = report.ImageId.ToString(),
            ["idKeyDigest"] = report.IdKeyDigest.ToString(),
            ["authorKeyDigest"] = report.HasAuthorKey ? report.AuthorKeyDigest.ToString() : null,
            ["reportId"] = report.ReportId.ToString(),
            ["guestPolicy"] = Write(report.LaunchPolicy),
            ["platform"] = Write(report.PlatformInfo),
            ["tcb"] = new JsonObject
            {
                ["reported"] = report.ReportedTcb.ToString(),
                ["committed"] = report.CommittedTcb.ToString(),
                ["current"] = report.CurrentTcb.ToString(),
                ["launch"] = report.LaunchTcb.ToString(),
            },
            ["firmware"] = new JsonObject { ["committed"] = report.CommittedFirmware.ToString(), ["current"] = report.CurrentFirmware.ToString() },
            ["mitigations"] = new JsonObject { ["launch"] = Hex(report.LaunchMitigations), ["current"] = Hex(report.CurrentMitigations) },
            ["revocation"] = evidence.Revocation.Found,
        };
    }

    private static JsonObject Write(SnpLaunchPolicy policy) => new()
    {
        ["value"] = policy.ToString(),
        ["abi"] = $"{policy.AbiMajor}.{policy.AbiMinor}",
        ["smt"] = policy.AllowsSmt,
        ["migrateMa"] = policy.AllowsMigration,
        ["debug"] = policy.AllowsDebug,
        ["singleSocket"] = policy.IsSingleSocket,
        ["cxlAllow"] = policy.AllowsCxl,
        ["memAes256Xts"] = policy.DemandsAes256Xts,
        ["raplDis"] = policy.DemandsRaplDisabled,
        ["ciphertextHidingDram"] = policy.DemandsCiphertextHiding,
        ["pageSwapDisable"] = policy.DisablesPageSwap,
    };

    private static JsonObject Write(SnpPlatformInfo platform) => new()
    {
        ["value"] = platform.ToString(),
        ["smtEn"] = platform.HasSmt,
        ["tsmeEn"] = platform.HasTsme,
        ["eccEn"] = platform.HasEcc,
        ["raplDis"] = platform.DisablesRapl,
        ["ciphertextHidingDramEn"] = platform.HidesCiphertext,
        ["aliasCheckComplete"] = platform.ChecksAliases,
        ["iommuWriteSafe"] = platform.HasSafeIommu,
        ["sevTioEn"] = platform.HasTio,
    };

    private static string? Hex(ulong? vector) => vector is { } bits ? $"0x{bits:x}" : null;
}
