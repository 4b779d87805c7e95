using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Azure;

// The paravisor's report has a TDREPORT (Intel TDX module, TDREPORT_STRUCT, 1024 bytes), which only its own machine could check:
//   offset  size  field
//      128    64  REPORTDATA
//      512     8  TDINFO.ATTRIBUTES
//      520     8  TDINFO.XFAM
//      528    48  TDINFO.MRTD
// The quote that was made of it says the same and is signed.

/// <summary>A TD quote, and the paravisor's copy of the report that it was made of.</summary>
internal sealed class AzureTdxHardware : AzureHardware
{
    private const int ReportDataOffset = 128;
    private const int MrTdOffset = 528;

    private readonly TdxQuoteEvidence _evidence;

    private AzureTdxHardware(TdxQuoteEvidence evidence, string? contradiction) => (_evidence, Contradiction) = (evidence, contradiction);

    public override TeeKind Tee => TeeKind.AzureTdx;

    public override ByteString ReportData => Quote.Report.ReportData;

    public override ByteString StatedId => _evidence.StatedHardwareId;

    public override uint? Level => null;

    public override string? Contradiction { get; }

    internal TdxQuote Quote => _evidence.Quote;

    public static bool TryCreate(HclReport hcl, ByteString quote, [NotNullWhen(true)] out AzureHardware? hardware, [NotNullWhen(false)] out Refusal? refusal)
    {
        hardware = TdxQuoteEvidence.TryCreate(new TdxEvidence { Quote = quote }, out TdxQuoteEvidence? read, out refusal)
            ? new AzureTdxHardware(read, FindContradiction(hcl, read.Quote.Report)) : null;
        return hardware is not null;
    }

    public override Authentication Authenticate(EvidenceInputs inputs) => _evidence.Authenticate(inputs);

    public override IReadOnlyList<RuleResult> Appraise(AuthenticEvidence authentic, AppraisalInputs inputs) =>
        TdxChecks.Run(new TdxSubject((AuthenticTdxQuote)authentic, inputs.Policy.Policy.AzureTdx?.Tdx, inputs.Now));

    private static string? FindContradiction(HclReport hcl, TdReport report)
    {
        ReadOnlySpan<byte> copy = hcl.Hardware;
        return !report.ReportData.Equals(copy.Slice(ReportDataOffset, report.ReportData.Length)) ? "REPORTDATA"
            : !report.MrTd.Equals(copy.Slice(MrTdOffset, report.MrTd.Length)) ? "MRTD" : null;
    }
}
