using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nitro;

// RFC 9052, section 4.2: COSE_Sign1 = [protected: bstr, unprotected: map, payload: bstr, signature: bstr], an array of four.
//   protected    A1 01 38 22: a map with the one header alg (1) = ES384 (-35, RFC 9053, section 2.1), in this encoding
//   unprotected  A0: nothing in it would be signed, so nothing may be in it
//   payload      the document, not detached
//   signature    r and s, 48 bytes each, big-endian
// The Nitro Security Module gives it without a tag; tag 18, which says only what it is anyway, is let through.

/// <summary>The signed envelope of a document, read strictly. The algorithm is not chosen by it: it must say the one that there is.</summary>
internal sealed class CoseSign1
{
    private const string What = "Nitro document";

    private CoseSign1(ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature, int payloadOffset)
    {
        Payload = payload;
        Signature = signature;
        PayloadOffset = payloadOffset;
    }

    /// <summary>Gets the signed content, a part of what was read.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Gets where the content begins.</summary>
    public int PayloadOffset { get; }

    private static ReadOnlySpan<byte> Protected => [0xA1, 0x01, 0x38, 0x22];

    /// <summary>Sig_structure up to the payload's length (RFC 9052, section 4.4): an array of four, "Signature1", the protected headers, no external data.</summary>
    private static ReadOnlySpan<byte> SignedPrefix =>
    [
        0x84, 0x6A, (byte)'S', (byte)'i', (byte)'g', (byte)'n', (byte)'a', (byte)'t', (byte)'u', (byte)'r', (byte)'e', (byte)'1', 0x44, 0xA1, 0x01, 0x38, 0x22, 0x40,
    ];

    public static bool TryParse(ReadOnlyMemory<byte> bytes, int longest, [NotNullWhen(true)] out CoseSign1? sign1, [NotNullWhen(false)] out Refusal? refusal)
    {
        sign1 = null;
        if (bytes.Length > longest)
        {
            refusal = new(RefusalReason.TooLarge, $"The {What} has {bytes.Length} bytes; the limit is {longest}.");
            return false;
        }

        var reader = new CborReader(bytes, CborConformanceMode.Strict);
        string part = "the envelope";
        try
        {
            refusal = Read(reader, bytes.Length, ref part, out sign1);
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException or OverflowException)
        {
            refusal = Malformed($"{part} cannot be read at offset {bytes.Length - reader.BytesRemaining}; expected COSE_Sign1, an array of protected headers, "
                + "an empty map, a payload and a signature");
        }

        return sign1 is not null;
    }

    /// <summary>Computes the SHA-384 that is signed, over the exact bytes of the payload.</summary>
    public void Digest(Span<byte> digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(SignedPrefix);
        Span<byte> length = stackalloc byte[3];
        hash.AppendData(length[..WriteLength(length)]);
        hash.AppendData(Payload.Span);
        hash.GetHashAndReset(digest);
    }

    /// <summary>Writes the payload's length as the signature covers it: in the shortest form, whatever the envelope has.</summary>
    private int WriteLength(Span<byte> bytes)
    {
        const byte Short = 0x40, OneByte = 0x58, TwoBytes = 0x59;
        if (Payload.Length < 24)
        {
            bytes[0] = (byte)(Short + Payload.Length);
            return 1;
        }

        if (Payload.Length <= byte.MaxValue)
        {
            (bytes[0], bytes[1]) = (OneByte, (byte)Payload.Length);
            return 2;
        }

        bytes[0] = TwoBytes;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)Payload.Length);
        return 3;
    }

    private static Refusal? Read(CborReader reader, int length, ref string part, out CoseSign1? sign1)
    {
        sign1 = null;
        if (reader.PeekState() == CborReaderState.Tag && reader.ReadTag() is not (CborTag)18)
        {
            return Malformed("it has a tag that is not 18, COSE_Sign1");
        }

        if (reader.ReadStartArray() is not 4)
        {
            return Malformed("its array has not four elements, as COSE_Sign1 has");
        }

        part = "the protected headers";
        if (CheckHeaders(reader.ReadDefiniteLengthByteString()) is { } wrong)
        {
            return wrong;
        }

        part = "the unprotected headers";
        if (reader.ReadStartMap() is not 0)
        {
            return Malformed("it has unprotected headers, which nothing signs");
        }

        reader.ReadEndMap();
        part = "the payload";
        ReadOnlyMemory<byte> payload = reader.ReadDefiniteLengthByteString();
        int offset = length - reader.BytesRemaining - payload.Length;
        part = "the signature";
        ReadOnlyMemory<byte> signature = reader.ReadDefiniteLengthByteString();
        reader.ReadEndArray();
        string? fault = signature.Length != Certificates.P384Signature.Size ? $"its signature has {signature.Length} bytes; ES384 has 96, r and s"
            : payload.Length == 0 ? "it has no payload" : reader.BytesRemaining != 0 ? $"{reader.BytesRemaining} bytes follow it" : null;
        sign1 = fault is null ? new CoseSign1(payload, signature, offset) : null;
        return fault is null ? null : Malformed(fault);
    }

    private static Refusal? CheckHeaders(ReadOnlyMemory<byte> headers)
    {
        if (headers.Span.SequenceEqual(Protected))
        {
            return null;
        }

        // Read only to say what is wrong: no other headers are accepted, critical ones least of all.
        var reader = new CborReader(headers, CborConformanceMode.Strict);
        bool isOtherAlgorithm = reader.ReadStartMap() == 1 && reader.ReadInt64() == 1;
        return isOtherAlgorithm && reader.PeekState() is CborReaderState.NegativeInteger or CborReaderState.UnsignedInteger
            ? new(RefusalReason.Unsupported, $"The {What} is refused: its algorithm is {reader.ReadInt64()}; the only one is -35, ES384, in two bytes.")
            : Malformed("its protected headers are not the one header alg = -35 (ES384)");
    }

    private static Refusal Malformed(string fault) => new(RefusalReason.ReportMalformed, $"The {What} is refused: {fault}.");
}
