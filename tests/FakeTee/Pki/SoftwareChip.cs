using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Pki;

/// <summary>A processor that signs reports with its own key.</summary>
public sealed class SoftwareChip
{
    private readonly ECDsa _key;
    private readonly IReadOnlyList<byte[]> _issuers;

    internal SoftwareChip(ECDsa key, byte[] certificate, SnpProduct product, SnpTcb tcb, ByteString chipId, IReadOnlyList<byte[]> issuers)
    {
        _key = key;
        _issuers = issuers;
        CertificateDer = certificate;
        Product = product;
        Tcb = tcb;
        ChipId = chipId;
    }

    /// <summary>Gets the VCEK certificate in DER.</summary>
    public byte[] CertificateDer { get; }

    /// <summary>Gets the product that it claims to be.</summary>
    public SnpProduct Product { get; }

    /// <summary>Gets its TCB.</summary>
    public SnpTcb Tcb { get; }

    /// <summary>Gets its CHIP_ID, 64 bytes.</summary>
    public ByteString ChipId { get; }

    /// <summary>Gets the certificates as they come with evidence: VCEK, ASK, ARK.</summary>
    public IReadOnlyList<SnpCertificate> Certificates =>
    [
        new("VCEK", new ByteString(CertificateDer)),
        new("ASK", new ByteString(_issuers[0])),
        new("ARK", new ByteString(_issuers[1])),
    ];

    /// <summary>Signs a report of 1184 bytes in place: ECDSA P-384 with SHA-384 over the first 0x2A0 bytes, both halves little-endian.</summary>
    public ByteString Sign(SoftwareReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Sign(report.ToBytes(this));
    }

    /// <summary>Signs whatever the first 0x2A0 of these bytes say: for reports that no hardware would make.</summary>
    public ByteString Sign(ReadOnlySpan<byte> report)
    {
        byte[] bytes = report.ToArray();
        byte[] signature = _key.SignData(bytes.AsSpan(0, SoftwareReport.SignedLength), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Array.Reverse(signature, 0, 48);
        Array.Reverse(signature, 48, 48);
        signature.AsSpan(0, 48).CopyTo(bytes.AsSpan(SoftwareReport.SignedLength));
        signature.AsSpan(48, 48).CopyTo(bytes.AsSpan(SoftwareReport.SignedLength + 72));
        return new ByteString(bytes);
    }
}
