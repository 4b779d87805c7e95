using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Sample;

/// <summary>Sample evidence that a development switch let through. Nothing vouches for it: it always counts as development.</summary>
public sealed class UnprovenSample : AuthenticEvidence
{
    internal UnprovenSample(SampleClaim claim, IReadOnlyList<RuleResult> results)
        : base(isDevelopment: true, DateTimeOffset.MaxValue, results) => (Svn, ReportData) = (claim.Svn, claim.ReportData);

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Sample;

    /// <inheritdoc/>
    public override ByteString ReportData { get; }

    /// <inheritdoc/>
    public override ByteString Measurement => ByteString.Empty;

    /// <inheritdoc/>
    public override ByteString InitDataDigest => ByteString.Empty;

    /// <inheritdoc/>
    public override string Platform => "none";

    /// <inheritdoc/>
    public override string Tcb => "none";

    /// <inheritdoc/>
    public override ByteString HardwareId => ByteString.Empty;

    /// <summary>Gets the security version that it claims.</summary>
    public string Svn { get; }

    /// <summary>There is nothing to demand of it but that it answers and that the policy allows it.</summary>
    internal override IReadOnlyList<RuleResult> Appraise(AppraisalInputs inputs)
    {
        var subject = new CommonSubject(this, inputs);
        return [.. CommonChecks.Bound.Apply(subject), .. CommonChecks.Policy.Apply(subject)];
    }

    internal override JsonObject WriteClaims() => new() { ["svn"] = PlainText.Of(Svn), ["reportData"] = ReportData.ToString() };
}
