using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>A report that AMD's hardware, or a development root, vouches for. Only <see cref="SnpSignature"/> makes one.</summary>
public sealed class AuthenticSnpReport
{
    internal AuthenticSnpReport(SnpReport report, SnpChipCertificate chip, bool isDevelopment, SnpRevocationFinding revocation, IReadOnlyList<RuleResult> results)
    {
        Report = report;
        Product = chip.Product;
        SignedBy = chip.Kind;
        CertificateNotAfter = chip.Certificate.NotAfter;
        IsDevelopment = isDevelopment;
        Revocation = revocation;
        Results = results;
    }

    /// <summary>Gets the report.</summary>
    public SnpReport Report { get; }

    /// <summary>Gets the product of the processor.</summary>
    public SnpProduct Product { get; }

    /// <summary>Gets which kind of key signed.</summary>
    public SnpSigningKey SignedBy { get; }

    /// <summary>Gets whether the chain ends in a development root: then no hardware vouches for anything.</summary>
    public bool IsDevelopment { get; }

    /// <summary>Gets what is known about revocation.</summary>
    public SnpRevocationFinding Revocation { get; }

    /// <summary>Gets the end of the chip certificate's validity.</summary>
    public DateTimeOffset CertificateNotAfter { get; }

    /// <summary>Gets the rules that made it authentic.</summary>
    public IReadOnlyList<RuleResult> Results { get; }
}
