using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Sample;

/// <summary>Sample evidence. It has no signature, so there is nothing to authenticate: a development switch lets it through, or it is refused.</summary>
public sealed class SampleClaim : Evidence
{
    /// <summary>Makes the evidence of its JSON form.</summary>
    public SampleClaim(SampleEvidence given)
    {
        ArgumentNullException.ThrowIfNull(given);
        (Svn, ReportData) = (given.Svn, PaddedReportData.Of(given.ReportData.Span));
    }

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Sample;

    /// <summary>Gets the security version that it claims.</summary>
    public string Svn { get; }

    /// <summary>Gets the report data, 64 bytes.</summary>
    public ByteString ReportData { get; }

    internal override Authentication Authenticate(EvidenceInputs inputs) => SampleVerifier.Authenticate(this, inputs.AllowSample);
}
