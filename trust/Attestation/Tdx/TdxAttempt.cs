using System.Security.Cryptography;
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
        Chain = quote.CertificationType == TdxQuote.PckChainType ? roots.Tdx.ReadChain(quote.CertificationData) : null;
        IsKeyBound = BindsKey(quote);
        using (P256Key? key = P256Key.FromPoint(quote.AttestationKey))
        {
            IsQuoteSigned = key?.Verify(quote.Signed, quote.Signature) is true;
        }

        if (Chain?.Leaf is not { } leaf)
        {
            return;
        }

        IsQeSigned = leaf.P256Key?.Verify(quote.QeReport.Raw, quote.QeReportSignature) is true;
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

    /// <summary>Gets the certificates of the quote; null when it says that it has none.</summary>
    public PckChain? Chain { get; }

    /// <summary>Gets what the PCK certificate says about the platform; null when it does not say all of it.</summary>
    public PckExtension? Pck => Chain?.Extension;

    /// <summary>Gets the path from the PCK certificate to an accepted root; null when there is none.</summary>
    public CertificatePath? Path { get; }

    /// <summary>Gets why there is no path.</summary>
    public Refusal? PathRefusal { get; }

    /// <summary>Gets whether the PCK signed the report of the quoting enclave.</summary>
    public bool IsQeSigned { get; }

    /// <summary>Gets whether the report of the quoting enclave names the attestation key.</summary>
    public bool IsKeyBound { get; }

    /// <summary>Gets whether the attestation key signed the quote.</summary>
    public bool IsQuoteSigned { get; }

    /// <summary>Gets what Intel says about the platform; null when no path says who Intel is.</summary>
    public PlatformAttempt? Platform { get; }

    /// <summary>Gets whether leaf and issuer are what their names say: no certificate of Intel's may stand in another's place.</summary>
    public bool HasPckNames => Path is { Certificates.Count: 3 } path && path.Leaf.CommonName == PckName
        && path.Issuer.CommonName is PlatformIssuer or ProcessorIssuer;

    private static bool BindsKey(TdxQuote quote)
    {
        Span<byte> expected = stackalloc byte[64];
        expected.Clear();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(quote.AttestationKey);
        hash.AppendData(quote.AuthenticationData.Span);
        hash.GetHashAndReset(expected);
        return CryptographicOperations.FixedTimeEquals(expected, quote.QeReport.ReportData);
    }
}
