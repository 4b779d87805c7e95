using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Ear;

/// <summary>What evidence says under the names that Trustee's verifiers give it, so that a policy which reads tokens of Trustee reads these too.</summary>
internal static class TrusteeClaims
{
    /// <summary>Returns the claims; the evidence's own names where Trustee has none.</summary>
    public static JsonObject Of(AuthenticEvidence evidence) => evidence switch
    {
        AuthenticSnpReport snp => Of(snp.Report),
        AuthenticTdxQuote tdx => Of(tdx),
        AuthenticAzureGuest azure => Of(azure),
        _ => evidence.WriteClaims(),
    };

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

    private static JsonObject Of(AuthenticTdxQuote quote) => new()
    {
        ["quote"] = new JsonObject
        {
            ["header"] = new JsonObject { ["version"] = Hex(quote.Quote.Version), ["tee_type"] = "81000000", ["vendor_id"] = quote.Quote.QeVendorId.ToString() },
            ["body"] = Body(quote.Quote.Report),
        },
        ["td_attributes"] = new JsonObject
        {
            ["debug"] = quote.Quote.Report.Attributes.IsDebug,
            ["key_locker"] = quote.Quote.Report.Attributes.HasKeyLocker,
            ["perfmon"] = quote.Quote.Report.Attributes.HasPerfmon,
            ["protection_keys"] = quote.Quote.Report.Attributes.HasPks,
            ["septve_disable"] = quote.Quote.Report.Attributes.IsSeptVeDisabled,
        },
        ["tcb_status"] = quote.TcbStatus?.ToString(),
        ["tcb_date"] = quote.TcbDate?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["advisory_ids"] = new JsonArray([.. quote.Advisories.Select(advisory => (JsonNode)PlainText.Of(advisory))]),
        ["collateral_expiration_status"] = "0",
    };

    private static JsonObject Body(TdReport report)
    {
        var body = new JsonObject
        {
            ["tcb_svn"] = report.TeeTcbSvn.ToString(),
            ["mr_seam"] = report.MrSeam.ToString(),
            ["mrsigner_seam"] = report.MrSignerSeam.ToString(),
            ["seam_attributes"] = Little(report.SeamAttributes),
            ["td_attributes"] = Little(report.Attributes.Bits),
            ["xfam"] = report.Xfam.ToString(),
            ["mr_td"] = report.MrTd.ToString(),
            ["mr_config_id"] = report.MrConfigId.ToString(),
            ["mr_owner"] = report.MrOwner.ToString(),
            ["mr_owner_config"] = report.MrOwnerConfig.ToString(),
            ["report_data"] = report.ReportData.ToString(),
        };
        for (int register = 0; register < CcEventLog.Registers; register++)
        {
            body[$"rtmr_{register}"] = report.Rtmr(register).ToString();
        }

        return body;
    }

    private static JsonObject Of(AuthenticAzureGuest guest)
    {
        var pcrs = new JsonObject();
        for (int index = 0; index < AzureEvidence.PcrCount; index++)
        {
            if (guest.Pcr(index) is { } pcr)
            {
                pcrs[$"pcr{index:00}"] = pcr.ToString();
            }
        }

        JsonObject claims = Of(guest.Hardware);
        claims["tpm"] = pcrs;
        return claims;
    }

    /// <summary>Numbers in hex as they stand in the quote: the lowest byte first.</summary>
    private static string Hex(int number) => Convert.ToHexStringLower([(byte)number, (byte)(number >> 8)]);

    private static string Little(ulong bits) => Convert.ToHexStringLower(BitConverter.GetBytes(bits));
}
