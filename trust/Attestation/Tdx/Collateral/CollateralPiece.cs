using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>One piece of collateral, sorted by what it is and not by what it was called: certificates, a revocation list, or a signed statement.</summary>
internal sealed class CollateralPiece
{
    private const string ListLabel = "X509 CRL";

    private CollateralPiece(ByteString data) => Data = data;

    public ByteString Data { get; }

    public IReadOnlyList<Certificate> Certificates { get; private init; } = [];

    public RevocationList? List { get; private init; }

    public SignedStatement? Statement { get; private init; }

    /// <summary>Gets what is wrong with bytes that are JSON; null when nothing is.</summary>
    public string? Fault { get; private init; }

    public static CollateralPiece Read(ByteString data)
    {
        if (data.Span.TrimStart(" \r\n\t"u8).StartsWith("{"u8))
        {
            string? fault = SignedStatement.Read(data.Memory, out SignedStatement? statement);
            return new CollateralPiece(data) { Statement = statement, Fault = fault };
        }

        var certificates = new List<Certificate>();
        foreach (ReadOnlyMemory<byte> der in CertificateFile.Split(data.Memory))
        {
            if (Certificate.TryParse(der, out Certificate? certificate))
            {
                certificates.Add(certificate);
            }
        }

        return new CollateralPiece(data)
        {
            Certificates = certificates,
            List = certificates.Count == 0 && RevocationList.TryParse(Unwrap(data), out RevocationList? list) ? list : null,
        };
    }

    /// <summary>Intel gives lists in PEM too, unless it is asked for DER.</summary>
    private static ReadOnlyMemory<byte> Unwrap(ByteString data)
    {
        if (data.Length > CertificateFile.LongestPem || !data.Span.StartsWith("-----BEGIN"u8))
        {
            return data.Memory;
        }

        string text = Encoding.ASCII.GetString(data.Span);
        byte[] der = new byte[text.Length];
        return PemEncoding.TryFind(text, out PemFields fields) && text.AsSpan()[fields.Label].SequenceEqual(ListLabel)
            && Convert.TryFromBase64Chars(text.AsSpan()[fields.Base64Data], der, out int length) ? der.AsMemory(0, length) : data.Memory;
    }
}
