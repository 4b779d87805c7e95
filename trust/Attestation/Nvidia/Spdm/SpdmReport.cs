using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Spdm;

/// <summary>
/// A request for measurements and the response to it (DMTF DSP0274, SPDM 1.1), as NVIDIA's devices give them. All of it but the signature is signed, the
/// request's nonce included.
/// <code>
/// offset  size  field                                            source
///      0     4  request: version 0x11, code 0xE0, attributes,    DSP0274, GET_MEASUREMENTS
///               operation 0xFF (all measurements)
///      4    32  requester's nonce
///     36     1  slot
///     37     4  response: version 0x11, code 0x60, two bytes     DSP0274, MEASUREMENTS
///     41     1  number of blocks
///     42     3  length n of the blocks, little-endian
///     45     n  blocks: index, 1, size (2), type, size (2), value
///   45+n    32  responder's nonce
///   77+n     2  length m of the opaque data, little-endian
///   79+n     m  opaque data: type (2), length (2), value         NVIDIA, see OpaqueData
/// 79+n+m    96  signature: r, s, big-endian
/// </code>
/// One byte of zero after the signature occurs in the field and is let through; nothing else may follow.
/// </summary>
internal sealed class SpdmReport
{
    public const int NonceSize = 32;
    public const int LongestReport = 64 * 1024;

    private const byte Version = 0x11;
    private const byte RequestCode = 0xE0;
    private const byte ResponseCode = 0x60;
    private const byte AllMeasurements = 0xFF;
    private const int NonceOffset = 4;
    private const int SlotOffset = 36;
    private const int ResponseOffset = 37;
    private const int BlocksOffset = 45;
    private const int BlockHeader = 4;
    private const int ValueHeader = 3;

    private readonly ByteString _bytes;
    private readonly (int Offset, int Length)[] _values;
    private readonly int _signature;

    private SpdmReport(ByteString bytes, (int Offset, int Length)[] values, OpaqueData opaque, int signature)
    {
        _bytes = bytes;
        _values = values;
        _signature = signature;
        Opaque = opaque;
        Nonce = new ByteString(bytes.Span.Slice(NonceOffset, NonceSize));
    }

    /// <summary>Gets the nonce of the request, which the device signed with its answer.</summary>
    public ByteString Nonce { get; }

    public byte Slot => _bytes.Span[SlotOffset];

    public OpaqueData Opaque { get; }

    /// <summary>Gets the number of measurements. Their indices are counted from 1, without a gap.</summary>
    public int Count => _values.Length;

    /// <summary>Gets what the device signed.</summary>
    public ReadOnlySpan<byte> Signed => _bytes.Span[.._signature];

    /// <summary>Gets the signature: r and s, 48 bytes each.</summary>
    public ReadOnlySpan<byte> Signature => _bytes.Span.Slice(_signature, Certificates.P384Signature.Size);

    public int Length => _bytes.Length;

    public int TrailingBytes => _bytes.Length - _signature - Certificates.P384Signature.Size;

    /// <summary>Returns a measurement by its index, from 1.</summary>
    public ReadOnlySpan<byte> Measurement(int index) => _bytes.Span.Slice(_values[index - 1].Offset, _values[index - 1].Length);

    public static bool TryParse(ByteString bytes, [NotNullWhen(true)] out SpdmReport? report, [NotNullWhen(false)] out Refusal? refusal)
    {
        report = null;
        if (bytes.Length > LongestReport)
        {
            refusal = new(RefusalReason.TooLarge, $"The device's report has {bytes.Length} bytes; the limit is {LongestReport}.");
            return false;
        }

        refusal = Read(bytes, ref report);
        return report is not null;
    }

    private static Refusal? Read(ByteString bytes, ref SpdmReport? report)
    {
        ReadOnlySpan<byte> all = bytes.Span;
        if (all.Length < BlocksOffset)
        {
            return Fault(all.Length, $"expected a request and the head of a response, {BlocksOffset} bytes, found {all.Length}");
        }

        if (ReadHeads(all) is { } wrong)
        {
            return wrong;
        }

        int length = all[42] | (all[43] << 8) | (all[44] << 16);
        if (length > all.Length - BlocksOffset)
        {
            return Fault(42, $"the measurements are said to have {length} bytes, and {all.Length - BlocksOffset} are left");
        }

        var values = new (int Offset, int Length)[all[41]];
        if (ReadBlocks(all.Slice(BlocksOffset, length), values) is { } fault)
        {
            return fault;
        }

        return ReadRest(bytes, values, BlocksOffset + length + NonceSize, ref report);
    }

    private static Refusal? ReadRest(ByteString bytes, (int Offset, int Length)[] values, int opaque, ref SpdmReport? report)
    {
        ReadOnlySpan<byte> all = bytes.Span;
        if (all.Length - opaque < 2)
        {
            return Fault(all.Length, "it ends before the length of the opaque data");
        }

        int opaqueLength = BinaryPrimitives.ReadUInt16LittleEndian(all[opaque..]);
        int signature = opaque + 2 + opaqueLength;
        int trailing = all.Length - signature - Certificates.P384Signature.Size;
        if (trailing is not (0 or 1) || (trailing == 1 && all[^1] != 0))
        {
            return Fault(opaque, $"with {opaqueLength} bytes of opaque data and the signature there must be nothing left but one zero byte at most; {trailing} bytes are");
        }

        if (!OpaqueData.TryParse(bytes, opaque + 2, opaqueLength, out OpaqueData? data, out Refusal? refusal))
        {
            return refusal;
        }

        report = new SpdmReport(bytes, values, data, signature);
        return null;
    }

    private static Refusal? ReadHeads(ReadOnlySpan<byte> all)
    {
        (int At, byte Expected, RefusalReason Reason)[] fixedBytes =
        [
            (0, Version, RefusalReason.Unsupported), (1, RequestCode, RefusalReason.ReportMalformed), (3, AllMeasurements, RefusalReason.ReportMalformed),
            (ResponseOffset, Version, RefusalReason.Unsupported), (ResponseOffset + 1, ResponseCode, RefusalReason.ReportMalformed),
        ];
        foreach ((int at, byte expected, RefusalReason reason) in fixedBytes)
        {
            if (all[at] != expected)
            {
                return Fault(at, $"expected 0x{expected:X2}, found 0x{all[at]:X2}", reason);
            }
        }

        return (all[2] & 1) == 1 ? null : Fault(2, "the request does not ask for a signature");
    }

    private static Refusal? ReadBlocks(ReadOnlySpan<byte> blocks, (int Offset, int Length)[] values)
    {
        int at = 0;
        for (int index = 1; index <= values.Length; index++)
        {
            if (blocks.Length - at < BlockHeader + ValueHeader)
            {
                return Fault(BlocksOffset + at, $"{values.Length} measurements are stated, and they end before number {index}");
            }

            int size = BinaryPrimitives.ReadUInt16LittleEndian(blocks[(at + 2)..]);
            int valueSize = BinaryPrimitives.ReadUInt16LittleEndian(blocks[(at + BlockHeader + 1)..]);
            if (blocks[at] != index || blocks[at + 1] != 1 || valueSize + ValueHeader != size || size > blocks.Length - at - BlockHeader)
            {
                return Fault(BlocksOffset + at, $"expected the block of measurement {index} of DMTF's form, found one of index {blocks[at]}, form {blocks[at + 1]} and size {size}");
            }

            values[index - 1] = (BlocksOffset + at + BlockHeader + ValueHeader, valueSize);
            at += BlockHeader + size;
        }

        return at == blocks.Length && values.Length > 0 ? null
            : Fault(BlocksOffset + at, $"{blocks.Length - at} bytes are left after the {values.Length} measurements that are stated");
    }

    private static Refusal Fault(int offset, string fault, RefusalReason reason = RefusalReason.ReportMalformed) =>
        new(reason, $"The device's report is not one of SPDM 1.1 at offset {offset}: {fault}.");
}
