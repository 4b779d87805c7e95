using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Azure;

/// <summary>The hardware's part of Azure evidence: what vouches for the paravisor.</summary>
internal abstract class AzureHardware
{
    public abstract TeeKind Tee { get; }

    /// <summary>Gets what the hardware's report is bound to, 64 bytes.</summary>
    public abstract ByteString ReportData { get; }

    /// <summary>Gets the id of the chip or platform as it is stated, to find collateral by.</summary>
    public abstract ByteString StatedId { get; }

    /// <summary>Gets the privilege level of whoever asked for the report; null where the hardware has none.</summary>
    public abstract uint? Level { get; }

    /// <summary>Gets what in the paravisor's copy of the hardware's report is not what the hardware's quote says; null when nothing is.</summary>
    public abstract string? Contradiction { get; }

    public abstract Authentication Authenticate(EvidenceInputs inputs);

    /// <summary>Asks the rules for the hardware's report, but those about what it is bound to.</summary>
    public abstract IReadOnlyList<RuleResult> Appraise(AuthenticEvidence authentic, AppraisalInputs inputs);
}
