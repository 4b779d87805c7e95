using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>A SEV-SNP report within the paravisor's, and the chip's certificate that came with it.</summary>
internal sealed class AzureSnpHardware : AzureHardware
{
    private readonly SnpReport _report;
    private readonly SnpCertificate[] _certificates;

    private AzureSnpHardware(SnpReport report, ByteString certificate) => (_report, _certificates) = (report, [new SnpCertificate("VCEK", certificate)]);

    public override TeeKind Tee => TeeKind.AzureSnp;

    public override ByteString ReportData => _report.ReportData;

    public override ByteString StatedId => _report.ChipId;

    public override uint? Level => _report.Vmpl;

    /// <summary>Gets none: the report is the hardware's own, with its signature.</summary>
    public override string? Contradiction => null;

    public static bool TryCreate(HclReport hcl, ByteString certificate, [NotNullWhen(true)] out AzureHardware? hardware, [NotNullWhen(false)] out Refusal? refusal)
    {
        hardware = SnpReport.TryParse(hcl.Hardware, out SnpReport? report, out refusal) ? new AzureSnpHardware(report, certificate) : null;
        return hardware is not null;
    }

    public override Authentication Authenticate(EvidenceInputs inputs) =>
        SnpVerifier.Authenticate(_report, SnpEndorsements.Read(_certificates, inputs.Collateral, inputs.Own), inputs.Roots, inputs.Now);

    public override IReadOnlyList<RuleResult> Appraise(AuthenticEvidence authentic, AppraisalInputs inputs) =>
        ((AuthenticSnpReport)authentic).AppraiseReport(inputs.Policy.Policy.AzureSnp?.Snp);
}
