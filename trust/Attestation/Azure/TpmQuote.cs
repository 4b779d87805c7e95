using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Azure;

// TPMS_ATTEST of a quote (TPM 2.0 Library, part 2, 10.12.12); numbers big-endian.
//   size  field
//      4  magic               FF 54 43 47: made by a TPM
//      2  type                80 18: quote
//    2+n  qualifiedSigner     the signing key's name
//    2+n  extraData           what the asker gave
//     17  clockInfo           clock (8), resetCount (4), restartCount (4), safe (1)
//      8  firmwareVersion
//      4  pcrSelect.count     1: one bank
//      2  hash                00 0B: SHA-256
//      1  sizeofSelect        3
//      3  pcrSelect           bit n of byte m is PCR 8m + n
//    2+n  pcrDigest           SHA-256 over the selected PCRs in their order

/// <summary>A quote of a virtual TPM whose layout is sound. Nothing in it is true yet.</summary>
internal sealed class TpmQuote
{
    private const uint Magic = 0xFF544347;
    private const ushort QuoteType = 0x8018;
    private const ushort Sha256Bank = 0x000B;
    private const int SelectSize = 3;
    private const int ClockAndFirmwareSize = 17 + 8;
    private const int LongestName = 68;
    private const int LongestExtraData = 66;
    private const int Longest = 1024;

    private readonly uint _selection;

    private TpmQuote(byte[] message, ByteString extraData, uint selection, ByteString pcrDigest)
    {
        Message = message;
        ExtraData = extraData;
        _selection = selection;
        PcrDigest = pcrDigest;
    }

    /// <summary>Gets the signed bytes: all of it.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    public ByteString ExtraData { get; }

    /// <summary>Gets the digest over the selected PCRs.</summary>
    public ByteString PcrDigest { get; }

    /// <summary>Returns whether the quote covers a PCR.</summary>
    public bool Covers(int pcr) => pcr is >= 0 and < AzureEvidence.PcrCount && (_selection & (1u << pcr)) != 0;

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out TpmQuote? quote, [NotNullWhen(false)] out Refusal? refusal)
    {
        quote = null;
        string? fault = bytes.Length > Longest ? $"it has {bytes.Length} bytes; the limit is {Longest}" : Read(bytes, out quote);
        refusal = fault is null ? null : new(RefusalReason.ReportMalformed, $"The TPM's quote is refused: {fault}.");
        return quote is not null;
    }

    private static string? Read(ReadOnlySpan<byte> bytes, out TpmQuote? quote)
    {
        quote = null;
        ReadOnlySpan<byte> rest = bytes;
        if (!TryTake(ref rest, 6, out ReadOnlySpan<byte> head) || BinaryPrimitives.ReadUInt32BigEndian(head) != Magic)
        {
            return "it does not begin with ff544347, as what a TPM makes does";
        }

        ushort type = BinaryPrimitives.ReadUInt16BigEndian(head[4..]);
        if (type != QuoteType)
        {
            return $"it is of type {type:x4} (offset 4); expected {QuoteType:x4}, a quote";
        }

        if (!TryTakeSized(ref rest, LongestName, out _) || !TryTakeSized(ref rest, LongestExtraData, out ReadOnlySpan<byte> extraData)
            || !TryTake(ref rest, ClockAndFirmwareSize, out _) || !TryTake(ref rest, 4 + 2 + 1 + SelectSize, out ReadOnlySpan<byte> selection))
        {
            return $"it is cut, or a length is wrong, before offset {bytes.Length - rest.Length}";
        }

        return ReadQuoted(bytes, extraData, selection, rest, out quote);
    }

    private static string? ReadQuoted(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> extraData, ReadOnlySpan<byte> selection, ReadOnlySpan<byte> rest, out TpmQuote? quote)
    {
        quote = null;
        (uint banks, ushort bank, byte size) = (BinaryPrimitives.ReadUInt32BigEndian(selection), BinaryPrimitives.ReadUInt16BigEndian(selection[4..]), selection[6]);
        if (banks != 1 || bank != Sha256Bank || size != SelectSize)
        {
            return $"it selects {banks} banks, the first {bank:x4} with {size} bytes; expected one, SHA-256, with {SelectSize}";
        }

        if (!TryTakeSized(ref rest, AzureEvidence.PcrSize, out ReadOnlySpan<byte> digest) || digest.Length != AzureEvidence.PcrSize || rest.Length != 0)
        {
            return $"its PCR digest has not {AzureEvidence.PcrSize} bytes, or bytes follow it";
        }

        uint mask = (uint)(selection[7] | (selection[8] << 8) | (selection[9] << 16));
        quote = new TpmQuote(bytes.ToArray(), new ByteString(extraData), mask, new ByteString(digest));
        return null;
    }

    private static bool TryTakeSized(ref ReadOnlySpan<byte> rest, int longest, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        return TryTake(ref rest, 2, out ReadOnlySpan<byte> size) && BinaryPrimitives.ReadUInt16BigEndian(size) is ushort length && length <= longest
            && TryTake(ref rest, length, out taken);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, int length, out ReadOnlySpan<byte> taken)
    {
        bool fits = length <= rest.Length;
        taken = fits ? rest[..length] : default;
        rest = fits ? rest[length..] : rest;
        return fits;
    }
}
