using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>The attempt to authenticate a quote: what the steps look at. Everything is found before the first step looks; what could not be found is null.</summary>
internal sealed class TdxAttempt
{
    private const string PckName = "Intel SGX PCK Certificate";
    private const string PlatformIssuer = "Intel SGX PCK Platform CA";
    private const string ProcessorIssuer = "Intel SGX PCK Processor CA";

    private static readonly PathRules s_intel = new(Vendor.Intel, SignatureScheme.EcdsaP256Sha256);

    public TdxAttempt(TdxQuote quote, TdxCollateral collateral, TrustRoots roots, DateTimeOffset now)
    {
        Quote = quote;
        Collateral = collateral;
        Now = now;
        Certification = roots.Tdx.ReadCertification(quote);
        IsQuoteSigned = Certification.Key?.Verify(quote.Signed, quote.Signature) is true;
        if (Chain?.Leaf is not { } leaf)
        {
            return;
        }

        Path = CertificatePath.TryBuild(leaf, Chain.Others, roots, s_intel, out CertificatePath? path, out Refusal? refusal) ? path : null;
        PathRefusal = refusal;
        if (Path is not null)
        {
            Platform = new PlatformAttempt(this, Path, roots, s_intel);
        }
    }

    public TdxQuote Quote { get; }

    public TdxCollateral Collateral { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Gets the event log that came with the quote; null when none did.</summary>
    public CcEventLog? EventLog { get; init; }

    /// <summary>Gets what vouches for the attestation key.</summary>
    public Certification Certification { get; }

    /// <summary>Gets the certificates of the quote; null when it says that it has none.</summary>
    public PckChain? Chain => Certification.Chain;

    /// <summary>Gets what the PCK certificate says about the platform; null when it does not say all of it.</summary>
    public PckExtension? Pck => Chain?.Extension;

    /// <summary>Gets the path from the PCK certificate to an accepted root; null when there is none.</summary>
    public CertificatePath? Path { get; }

    /// <summary>Gets why there is no path.</summary>
    public Refusal? PathRefusal { get; }

    /// <summary>Gets whether the PCK signed the report of the quoting enclave.</summary>
    public bool IsQeSigned => Certification.IsQeSigned;

    /// <summary>Gets whether the report of the quoting enclave names the attestation key.</summary>
    public bool IsKeyBound => Certification.IsKeyBound;

    /// <summary>Gets whether the attestation key signed the quote.</summary>
    public bool IsQuoteSigned { get; }

    /// <summary>Gets what Intel says about the platform; null when no path says who Intel is.</summary>
    public PlatformAttempt? Platform { get; }

    /// <summary>Gets whether leaf and issuer are what their names say: no certificate of Intel's may stand in another's place.</summary>
    public bool HasPckNames => Path is { Certificates.Count: 3 } path && path.Leaf.CommonName == PckName
        && path.Issuer.CommonName is PlatformIssuer or ProcessorIssuer;
}
