using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

// Intel TDX DCAP, ECDSA quote of version 4 and 5; all numbers little-endian.
//   offset  size  field
//        0     2  version                      4, 5
//        2     2  attestation key type         2: ECDSA P-256
//        4     4  TEE type                     0x81: TDX
//        8     4  reserved
//       12    16  vendor of the quoting enclave
//       28    20  user data
//   version 4: a TD report 1.0 of 584 bytes at 48
//   version 5: 48 body type (2: TD report 1.0, 3: TD report 1.5), 2 bytes; 50 its size, 4 bytes; the report at 54
//   then       4  size of the signature data
//             64  signature over everything before the size: r, s, big-endian
//             64  attestation key: x, y, big-endian
//              2  certification data type      6: report of the quoting enclave
//              4  its size
//            384  report of the quoting enclave
//             64  its signature by the PCK
//              2  size of the authentication data
//              n  authentication data
//              2  certification data type      5: PCK certificate chain in PEM
//              4  its size
//              n  certificates
//   and nothing but zeros behind.

/// <summary>A TDX quote whose layout is sound. Nothing in it is true yet: authenticating its <see cref="TdxQuoteEvidence"/> decides that.</summary>
public sealed class TdxQuote
{
    internal const int PckChainType = 5;

    private const int HeaderSize = 48;
    private const int NumbersSize = 64;
    private const int EcdsaP256 = 2;
    private const uint Tdx = 0x81;
    private const int QeReportType = 6;
    private const int Report10Type = 2;
    private const int Report15Type = 3;

    private readonly ReadOnlyMemory<byte> _raw;

    private TdxQuote(ReadOnlyMemory<byte> raw, int version, TdReport report)
    {
        _raw = raw;
        Version = version;
        Report = report;
    }

    /// <summary>Gets the version of the quote's layout: 4 or 5.</summary>
    public int Version { get; }

    /// <summary>Gets the report about the trust domain.</summary>
    public TdReport Report { get; }

    /// <summary>Gets the id of who made the quoting enclave.</summary>
    public ByteString QeVendorId => new(_raw.Span.Slice(12, 16));

    /// <summary>Gets what the quoting enclave added to the header.</summary>
    public ByteString UserData => new(_raw.Span.Slice(28, 20));

    internal int SignedLength { get; private init; }

    internal QeReport QeReport { get; private init; } = null!;

    internal ReadOnlyMemory<byte> AuthenticationData { get; private init; }

    internal int CertificationType { get; private init; }

    internal ReadOnlyMemory<byte> CertificationData { get; private init; }

    internal ReadOnlySpan<byte> Signed => _raw.Span[..SignedLength];

    internal ReadOnlySpan<byte> Signature => _raw.Span.Slice(SignedLength + 4, NumbersSize);

    internal ReadOnlySpan<byte> AttestationKey => _raw.Span.Slice(SignedLength + 4 + NumbersSize, NumbersSize);

    /// <summary>Gets the bytes from the attestation key to the end: they depend on the platform alone.</summary>
    internal ReadOnlySpan<byte> Certification => _raw.Span[(SignedLength + 4 + NumbersSize)..];

    internal ReadOnlySpan<byte> QeReportSignature => _raw.Span.Slice(SignedLength + 4 + (2 * NumbersSize) + 6 + QeReport.Size, NumbersSize);

    /// <summary>Reads a quote.</summary>
    /// <param name="bytes">The quote; zeros may follow it.</param>
    /// <param name="quote">The quote whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TdxQuote? quote, [NotNullWhen(false)] out Refusal? refusal)
    {
        quote = null;
        refusal = CheckHeader(bytes);
        if (refusal is not null)
        {
            return false;
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        int bodyAt = HeaderSize;
        int bodySize = TdReport.Size10;
        if (version == 5 && !TryReadBodyType(bytes, out bodyAt, out bodySize, out refusal))
        {
            return false;
        }

        int signedLength = bodyAt + bodySize;
        if (bytes.Length < signedLength + 4)
        {
            refusal = Short("the TD report and the size of the signature data", signedLength + 4, bytes.Length);
            return false;
        }

        uint signatureSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[signedLength..]);
        if (signatureSize > (uint)(bytes.Length - signedLength - 4))
        {
            refusal = Malformed($"the signature data at {signedLength + 4} has {signatureSize} bytes by its size, and {bytes.Length - signedLength - 4} are there");
            return false;
        }

        int end = signedLength + 4 + (int)signatureSize;
        if (bytes[end..].ContainsAnyExcept((byte)0))
        {
            refusal = Malformed($"bytes that are not zero follow its end at {end}");
            return false;
        }

        return TryReadSignature(bytes[..end].ToArray(), version, bodyAt, signedLength, out quote, out refusal);
    }

    private static Refusal? CheckHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > TdxEvidence.LongestQuote)
        {
            return new(RefusalReason.TooLarge, $"The TDX quote has {bytes.Length} bytes; the limit is {TdxEvidence.LongestQuote}.");
        }

        if (bytes.Length < HeaderSize)
        {
            return Short("the header", HeaderSize, bytes.Length);
        }

        int version = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        int keyType = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        uint tee = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        return version is not (4 or 5) ? new(RefusalReason.Unsupported, $"The TDX quote is of version {version} (offset 0); this verifier reads versions 4 and 5.")
            : keyType != EcdsaP256 ? new(RefusalReason.Unsupported, $"The TDX quote has an attestation key of type {keyType} (offset 2); this verifier reads type 2, ECDSA P-256.")
            : tee != Tdx ? new(RefusalReason.EvidenceKindNotAccepted, $"The quote is of TEE type 0x{tee:x} (offset 4); TDX is 0x81.") : null;
    }

    private static bool TryReadBodyType(ReadOnlySpan<byte> bytes, out int bodyAt, out int bodySize, [NotNullWhen(false)] out Refusal? refusal)
    {
        bodyAt = HeaderSize + 6;
        bodySize = 0;
        if (bytes.Length < bodyAt)
        {
            refusal = Short("the body's type and size", bodyAt, bytes.Length);
            return false;
        }

        int type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[HeaderSize..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(HeaderSize + 2)..]);
        bodySize = type switch { Report10Type => TdReport.Size10, Report15Type => TdReport.Size15, _ => 0 };
        refusal = bodySize == 0 ? Malformed($"the body is of type {type} (offset 48); a TD report is of type 2 or 3")
            : size != (uint)bodySize ? Malformed($"the body of type {type} has {size} bytes by its size (offset 50); it must have {bodySize}") : null;
        return refusal is null;
    }

    private static bool TryReadSignature(ReadOnlyMemory<byte> raw, int version, int bodyAt, int signedLength,
        [NotNullWhen(true)] out TdxQuote? quote, [NotNullWhen(false)] out Refusal? refusal)
    {
        quote = null;
        ReadOnlySpan<byte> bytes = raw.Span;
        int outer = signedLength + 4 + (2 * NumbersSize);
        int authAt = outer + 6 + QeReport.Size + NumbersSize;
        if (bytes.Length < authAt + 2)
        {
            refusal = Short("the report of the quoting enclave", authAt + 2, bytes.Length);
            return false;
        }

        int inner = authAt + 2 + BinaryPrimitives.ReadUInt16LittleEndian(bytes[authAt..]);
        refusal = CheckCertification(bytes, outer, inner);
        if (refusal is not null)
        {
            return false;
        }

        uint certificates = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(inner + 2)..]);
        if (certificates != (uint)(bytes.Length - inner - 6))
        {
            refusal = Malformed($"the certificates at {inner + 6} have {certificates} bytes by their size, and {bytes.Length - inner - 6} are there");
            return false;
        }

        quote = new TdxQuote(raw, version, new TdReport(raw[bodyAt..signedLength]))
        {
            SignedLength = signedLength,
            QeReport = new QeReport(raw.Slice(outer + 6, QeReport.Size)),
            AuthenticationData = raw[(authAt + 2)..inner],
            CertificationType = BinaryPrimitives.ReadUInt16LittleEndian(bytes[inner..]),
            CertificationData = raw[(inner + 6)..],
        };
        return true;
    }

    private static Refusal? CheckCertification(ReadOnlySpan<byte> bytes, int outer, int inner)
    {
        int type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[outer..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(outer + 2)..]);
        return type != QeReportType ? Malformed($"the certification data at {outer} is of type {type}; it must be of type 6, the report of the quoting enclave")
            : size != (uint)(bytes.Length - outer - 6) ? Malformed($"the certification data at {outer} has {size} bytes by its size, and {bytes.Length - outer - 6} are there")
            : bytes.Length < inner + 6 ? Short("the authentication data and the certificates' size", inner + 6, bytes.Length) : null;
    }

    private static Refusal Short(string what, int expected, int found) => Malformed($"it has {found} bytes, and {what} needs {expected}");

    private static Refusal Malformed(string fault) => new(RefusalReason.ReportMalformed, $"The TDX quote is refused: {fault}.");
}
