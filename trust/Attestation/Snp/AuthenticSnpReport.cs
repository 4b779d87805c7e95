using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>A report that AMD's hardware, or a development root, vouches for. Only <see cref="SnpVerifier"/> makes one.</summary>
public sealed class AuthenticSnpReport : AuthenticEvidence
{
    internal AuthenticSnpReport(SnpAttempt attempt, IReadOnlyList<RuleResult> results)
        : base(attempt.Path!.IsDevelopment, FirstEnd(attempt.Path.NotAfter, attempt.Revocation?.Until), results)
    {
        Report = attempt.Report;
        Product = attempt.Chip!.Product!.Value;
        SignedBy = attempt.Chip.Kind;
        Provider = attempt.Chip.Provider;
        Revocation = attempt.Revocation!;
    }

    /// <inheritdoc/>
    public override TeeKind Tee => TeeKind.Snp;

    /// <inheritdoc/>
    public override ByteString ReportData => Report.ReportData;

    /// <inheritdoc/>
    public override ByteString Measurement => Report.Measurement;

    /// <inheritdoc/>
    public override ByteString InitDataDigest => Report.HostData;

    /// <inheritdoc/>
    public override string Platform => Product.ToString();

    /// <inheritdoc/>
    public override string Tcb => Report.ReportedTcb.ToString();

    /// <inheritdoc/>
    public override ByteString HardwareId => Report.ChipId;

    /// <summary>Gets the report.</summary>
    public SnpReport Report { get; }

    /// <summary>Gets the product of the processor.</summary>
    public SnpProduct Product { get; }

    /// <summary>Gets which kind of key signed.</summary>
    public SnpSigningKey SignedBy { get; }

    /// <summary>Gets the provider that a VLEK names; null for a VCEK.</summary>
    public string? Provider { get; }

    /// <summary>Gets what is known about revocation.</summary>
    public SnpRevocationFinding Revocation { get; }

    internal override IReadOnlyList<RuleResult> Appraise(AppraisalInputs inputs) =>
        [.. CommonChecks.Run(this, inputs), .. AppraiseReport(inputs.Policy.Policy.Snp)];

    /// <summary>Asks the rules that are SEV-SNP's own: also for a report below a paravisor, whose binding and initdata are elsewhere.</summary>
    /// <param name="rules">The owner's rules; null when there are none.</param>
    internal IReadOnlyList<RuleResult> AppraiseReport(SnpPolicy? rules)
    {
        var subject = new SnpSubject(this, rules);
        return [.. SnpChecks.Always.Apply(subject), .. rules is null ? [] : SnpChecks.OfOwner.Apply(subject)];
    }

    internal override JsonObject WriteClaims() => SnpClaims.Write(this);

    private static DateTimeOffset FirstEnd(DateTimeOffset certificates, DateTimeOffset? list) => list < certificates ? list.Value : certificates;
}
