using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// What vouches for a quote's attestation key: the report of the quoting enclave, its signature, and the certificates. It is the same in every quote of a
/// platform, so its signatures are verified when it is read, and never again.
/// </summary>
internal sealed class Certification
{
    public Certification(ByteString data, TdxQuote quote)
    {
        Data = data;
        Key = P256Key.FromPoint(quote.AttestationKey);
        IsKeyBound = BindsKey(quote);
        Chain = quote.CertificationType == TdxQuote.PckChainType ? PckChain.Read(quote.CertificationData) : null;
        IsQeSigned = Chain?.Leaf?.P256Key?.Verify(quote.QeReport.Raw, quote.QeReportSignature) is true;
    }

    /// <summary>Gets the bytes that it was read from: the quote's from the attestation key to the end.</summary>
    public ByteString Data { get; }

    /// <summary>Gets the attestation key; null when it is no point of the curve.</summary>
    public P256Key? Key { get; }

    /// <summary>Gets the certificates; null when the quote says that it has none.</summary>
    public PckChain? Chain { get; }

    /// <summary>Gets whether the PCK signed the report of the quoting enclave.</summary>
    public bool IsQeSigned { get; }

    /// <summary>Gets whether the report of the quoting enclave names the attestation key.</summary>
    public bool IsKeyBound { get; }

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
