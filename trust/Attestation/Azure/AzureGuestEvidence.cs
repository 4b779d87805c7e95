using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>Evidence of a confidential VM of Azure: hardware report, paravisor's report, and quote of the virtual TPM.</summary>
public sealed class AzureGuestEvidence : Evidence
{
    internal AzureGuestEvidence(AzureHardware hardware, HclReport report, TpmQuote quote, AzureEvidence given)
    {
        Hardware = hardware;
        Report = report;
        Quote = quote;
        Signature = given.QuoteSignature;
        Pcrs = given.Pcrs;
    }

    /// <inheritdoc/>
    public override TeeKind Tee => Hardware.Tee;

    /// <inheritdoc/>
    public override ByteString StatedHardwareId => Hardware.StatedId;

    internal AzureHardware Hardware { get; }

    internal HclReport Report { get; }

    internal TpmQuote Quote { get; }

    internal ByteString Signature { get; }

    /// <summary>Gets the PCRs as they came: only those that the quote covers count.</summary>
    internal IReadOnlyList<ByteString> Pcrs { get; }

    /// <summary>Reads the parts of evidence as Confidential Containers writes it.</summary>
    /// <param name="given">The evidence.</param>
    /// <param name="evidence">The evidence whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryCreate(AzureEvidence given, [NotNullWhen(true)] out AzureGuestEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(given);
        evidence = null;
        if (!HclReport.TryParse(given.HclReport.Span, out HclReport? report, out refusal) || !TpmQuote.TryParse(given.QuoteMessage.Span, out TpmQuote? quote, out refusal)
            || !TryReadHardware(given, report, out AzureHardware? hardware, out refusal))
        {
            return false;
        }

        refusal = given.Pcrs.Count == AzureEvidence.PcrCount && given.Pcrs.All(pcr => pcr.Length == AzureEvidence.PcrSize) ? null
            : new(RefusalReason.ReportMalformed, $"The PCRs are refused: expected {AzureEvidence.PcrCount} of {AzureEvidence.PcrSize} bytes.");
        evidence = refusal is null ? new AzureGuestEvidence(hardware, report, quote, given) : null;
        return evidence is not null;
    }

    internal override Authentication Authenticate(EvidenceInputs inputs) => AzureVerifier.Authenticate(this, inputs);

    private static bool TryReadHardware(AzureEvidence given, HclReport report, [NotNullWhen(true)] out AzureHardware? hardware, [NotNullWhen(false)] out Refusal? refusal)
    {
        hardware = null;
        HclReportType expected = given.Tee == TeeKind.AzureSnp ? HclReportType.Snp : HclReportType.Tdx;
        if (report.Type != expected)
        {
            refusal = new(RefusalReason.EvidenceKindNotAccepted, $"The paravisor's report is of {report.Type}, and the evidence is said to be of '{given.Tee.ToWire()}'.");
            return false;
        }

        return given.Tee == TeeKind.AzureSnp ? AzureSnpHardware.TryCreate(report, given.Endorsement, out hardware, out refusal)
            : AzureTdxHardware.TryCreate(report, given.Endorsement, out hardware, out refusal);
    }
}
