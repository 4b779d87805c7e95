using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>SEV-SNP evidence: a report and the certificates that came with it.</summary>
public sealed class SnpReportEvidence : Evidence
{
    private readonly IReadOnlyList<SnpCertificate> _certificates;

    private SnpReportEvidence(SnpReport report, IReadOnlyList<SnpCertificate> certificates)
    {
        Report = report;
        _certificates = certificates;
    }

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Snp;

    /// <inheritdoc/>
    public override ByteString StatedHardwareId => Report.ChipId;

    /// <summary>Gets the report.</summary>
    public SnpReport Report { get; }

    /// <summary>Reads the report of evidence as Confidential Containers writes it.</summary>
    /// <param name="given">The evidence.</param>
    /// <param name="evidence">The evidence whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryCreate(SnpEvidence given, [NotNullWhen(true)] out SnpReportEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(given);
        evidence = SnpReport.TryParse(given.Report.Span, out SnpReport? report, out refusal) ? new SnpReportEvidence(report, given.Certificates) : null;
        return evidence is not null;
    }

    internal override Authentication Authenticate(EvidenceInputs inputs) =>
        SnpVerifier.Authenticate(Report, SnpEndorsements.Read(_certificates, inputs.Collateral, inputs.Own), inputs.Roots, inputs.Now);
}
