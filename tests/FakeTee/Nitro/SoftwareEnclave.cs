using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nitro;

/// <summary>An enclave whose documents are signed by a key of its own, below a software hierarchy.</summary>
public sealed class SoftwareEnclave
{
    private readonly ECDsa _key;

    internal SoftwareEnclave(ECDsa key, byte[] certificate, IReadOnlyList<byte[]> bundle)
    {
        _key = key;
        CertificateDer = certificate;
        Bundle = bundle;
    }

    /// <summary>Gets the protected headers of every document: ES384.</summary>
    public static byte[] Headers => [0xA1, 0x01, 0x38, 0x22];

    /// <summary>Gets the enclave's certificate.</summary>
    public byte[] CertificateDer { get; }

    /// <summary>Gets the authorities' certificates, root first.</summary>
    public IReadOnlyList<byte[]> Bundle { get; }

    /// <summary>Signs a document.</summary>
    public ByteString Sign(SoftwareNitroDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Sign(document.ToPayload(CertificateDer, Bundle));
    }

    /// <summary>Signs whatever the payload says.</summary>
    public ByteString Sign(byte[] payload) => new([.. CborText.Head(4, 4), .. CborText.Bytes(Headers), 0xA0, .. CborText.Bytes(payload), .. CborText.Bytes(MakeSignature(payload))]);

    /// <summary>Signs the structure of RFC 9052, section 4.4.</summary>
    public byte[] MakeSignature(byte[] payload)
    {
        byte[] content = CborText.Array([CborText.Text("Signature1"), CborText.Bytes(Headers), CborText.Bytes([]), CborText.Bytes(payload)]);
        return _key.SignData(content, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
