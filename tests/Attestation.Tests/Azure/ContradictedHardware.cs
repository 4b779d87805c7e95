using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Azure;

/// <summary>Hardware whose report the paravisor's copy contradicts, everything else being right.</summary>
internal sealed class ContradictedHardware(AzureHardware real, string contradiction) : AzureHardware
{
    public override TeeKind Tee => real.Tee;

    public override ByteString ReportData => real.ReportData;

    public override ByteString StatedId => real.StatedId;

    public override uint? Level => real.Level;

    public override string? Contradiction => contradiction;

    public override Authentication Authenticate(EvidenceInputs inputs) => real.Authenticate(inputs);

    public override IReadOnlyList<RuleResult> Appraise(AuthenticEvidence authentic, AppraisalInputs inputs) => real.Appraise(authentic, inputs);
}
