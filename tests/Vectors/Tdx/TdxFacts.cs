using System.Globalization;
using System.Text.Json;
using ConfidentialOperator.Attestation.Tdx;

namespace ConfidentialOperator.Vectors;

/// <summary>What the set knows about a quote against what was read from it.</summary>
internal static class TdxFacts
{
    private static readonly Dictionary<string, Func<TdxAttempt, string>> s_texts = new(StringComparer.Ordinal)
    {
        ["quote_version"] = attempt => Number(attempt.Quote.Version),
        ["qe_vendor_id"] = attempt => $"{attempt.Quote.QeVendorId}",
        ["user_data"] = attempt => $"{attempt.Quote.UserData}",
        ["tee_tcb_svn"] = attempt => $"{attempt.Quote.Report.TeeTcbSvn}",
        ["tee_tcb_svn2"] = attempt => $"{attempt.Quote.Report.TeeTcbSvn2}",
        ["mrseam"] = attempt => $"{attempt.Quote.Report.MrSeam}",
        ["mrsignerseam"] = attempt => $"{attempt.Quote.Report.MrSignerSeam}",
        ["seamattr"] = attempt => Bytes(attempt.Quote.Report.SeamAttributes),
        ["tdattr"] = attempt => Bytes(attempt.Quote.Report.Attributes.Bits),
        ["xfam"] = attempt => $"{attempt.Quote.Report.Xfam}",
        ["mrtd"] = attempt => $"{attempt.Quote.Report.MrTd}",
        ["mrconfigid"] = attempt => $"{attempt.Quote.Report.MrConfigId}",
        ["mrowner"] = attempt => $"{attempt.Quote.Report.MrOwner}",
        ["mrownerconfig"] = attempt => $"{attempt.Quote.Report.MrOwnerConfig}",
        ["mrservicetd"] = attempt => $"{attempt.Quote.Report.MrServiceTd}",
        ["rtmr0"] = attempt => $"{attempt.Quote.Report.Rtmr(0)}",
        ["rtmr1"] = attempt => $"{attempt.Quote.Report.Rtmr(1)}",
        ["rtmr2"] = attempt => $"{attempt.Quote.Report.Rtmr(2)}",
        ["rtmr3"] = attempt => $"{attempt.Quote.Report.Rtmr(3)}",
        ["reportdata"] = attempt => $"{attempt.Quote.Report.ReportData}",
        ["td_debug"] = attempt => attempt.Quote.Report.Attributes.IsDebug ? "1" : "0",
        ["sept_ve_disable"] = attempt => attempt.Quote.Report.Attributes.IsSeptVeDisabled ? "1" : "0",
        ["qe_report.mrsigner"] = attempt => Convert.ToHexStringLower(attempt.Quote.QeReport.MrSigner),
        ["qe_report.isvprodid"] = attempt => Number(attempt.Quote.QeReport.ProductId),
        ["qe_report.isvsvn"] = attempt => Number(attempt.Quote.QeReport.Svn),
        ["pck.fmspc"] = attempt => $"{attempt.Pck?.Fmspc}",
        ["pck.pceid"] = attempt => $"{attempt.Pck?.PceId}",
        ["pck.pce_svn"] = attempt => Number(attempt.Pck?.PceSvn ?? -1),
        ["pck.cpu_svn"] = attempt => $"{attempt.Pck?.CpuSvn}",
        ["pck.sgx_type"] = attempt => Number(attempt.Pck?.SgxType ?? -1),
        ["pck.ppid"] = attempt => $"{attempt.Pck?.Ppid}",
        ["pck.components"] = attempt => attempt.Pck is { } pck ? string.Join(',', pck.Tcb.ToArray()) : "",
        ["pck.issuer_cn"] = attempt => attempt.Path?.Issuer.CommonName ?? "",
    };

    public static IReadOnlyList<string> Compare(JsonElement facts, TdxAttempt attempt)
    {
        var wrong = new List<string>();
        Compare("", facts, attempt, wrong);
        return wrong;
    }

    private static void Compare(string path, JsonElement facts, TdxAttempt attempt, List<string> wrong)
    {
        foreach (JsonProperty fact in facts.ValueKind == JsonValueKind.Object ? facts.EnumerateObject().ToArray() : [])
        {
            string name = path + fact.Name;
            if (s_texts.TryGetValue(name, out Func<TdxAttempt, string>? read))
            {
                string expected = fact.Value.ValueKind == JsonValueKind.Array ? string.Join(',', fact.Value.EnumerateArray()) : fact.Value.ToString();
                string found = read(attempt);
                if (!expected.Equals(found, StringComparison.OrdinalIgnoreCase))
                {
                    wrong.Add($"{name} is {expected}, read as {found}");
                }
            }
            else if (name is "qe_report" or "pck")
            {
                Compare(name + ".", fact.Value, attempt, wrong);
            }
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(ulong bits)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes, bits);
        return Convert.ToHexStringLower(bytes);
    }
}
