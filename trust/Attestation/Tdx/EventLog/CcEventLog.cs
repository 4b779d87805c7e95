using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

// TCG PC Client Platform Firmware Profile, 10 (crypto-agile log), as UEFI 2.10, 38 (confidential computing measurement) lays it into the area of ACPI's CCEL.
// Numbers are little-endian.
//   first event:  4 register  4 type (3)  20 zeros  4 size  then "Spec ID Event03", class 4, version 2, errata 1, size of a native number 1,
//                 number of algorithms 4, and for each: algorithm 2, size of its digest 2; size of the rest 1, the rest
//   each other:   4 register  4 type  4 number of digests, for each: algorithm 2, digest  4 size  the event
//   behind:       ones or zeros to the end of the area
// Register 0 is MRTD, 1 to 4 are RTMR0 to RTMR3.

/// <summary>
/// The event log of a trust domain's firmware and boot loader. Nothing in it is true by itself: <see cref="Replay"/> says what the registers would be, and
/// only a log that leads to the registers of an authentic quote tells what was measured.
/// <code>
/// if (CcEventLog.TryParse(bytes, out CcEventLog? log, out Refusal? refusal))
/// {
///     ByteString rtmr0 = log.Replay(0);
/// }
/// </code>
/// </summary>
public sealed class CcEventLog
{
    /// <summary>The number of runtime measurement registers.</summary>
    public const int Registers = 4;

    private const int MostEvents = 8192;
    private const int HeaderSize = 32;
    private const int MostAlgorithms = 8;
    private const int LargestDigest = 64;
    private const int Sha384 = 0x000C;

    private readonly List<CcEvent> _events = [];
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly Dictionary<int, int> _sizes = [];
    private int _at;

    private CcEventLog(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>Gets the events after the first, in their order.</summary>
    public IReadOnlyList<CcEvent> Events => _events;

    private static ReadOnlySpan<byte> Signature => "Spec ID Event03\0"u8;

    private ReadOnlySpan<byte> Rest => _bytes.Span[_at..];

    /// <summary>Reads a log.</summary>
    /// <param name="bytes">The area of the log, or its used part.</param>
    /// <param name="log">The log whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CcEventLog? log, [NotNullWhen(false)] out Refusal? refusal)
    {
        log = null;
        if (bytes.Length > TdxEvidence.LongestEventLog)
        {
            refusal = new(RefusalReason.TooLarge, $"The event log has {bytes.Length} bytes; the limit is {TdxEvidence.LongestEventLog}.");
            return false;
        }

        var read = new CcEventLog(bytes.ToArray());
        string? fault = read.ReadFirst() ?? read.ReadOthers();
        log = fault is null ? read : null;
        refusal = fault is null ? null : new(RefusalReason.Malformed, $"The event log is refused: at offset {read._at}, {fault}.");
        return log is not null;
    }

    /// <summary>Extends a register of SHA-384, as the TDX module does.</summary>
    public static ByteString Extend(ByteString register, ByteString digest)
    {
        ArgumentNullException.ThrowIfNull(register);
        ArgumentNullException.ThrowIfNull(digest);
        Span<byte> value = stackalloc byte[TdReport.MeasurementSize];
        Extend(register.Span, digest.Span, value);
        return new ByteString(value);
    }

    /// <summary>Returns what a register holds after every event of the log.</summary>
    /// <param name="register">0 to 3.</param>
    public ByteString Replay(int register)
    {
        Span<byte> value = stackalloc byte[TdReport.MeasurementSize];
        value.Clear();
        foreach (CcEvent entry in _events)
        {
            if (entry.Extends && entry.Register == register)
            {
                Extend(value, entry.Digest.Span, value);
            }
        }

        return new ByteString(value);
    }

    /// <summary>Returns whether any event extends a register.</summary>
    /// <param name="register">0 to 3.</param>
    public bool Touches(int register) => _events.Exists(entry => entry.Extends && entry.Register == register);

    private static void Extend(ReadOnlySpan<byte> register, ReadOnlySpan<byte> digest, Span<byte> value)
    {
        Span<byte> both = stackalloc byte[2 * TdReport.MeasurementSize];
        register.CopyTo(both);
        digest.CopyTo(both[TdReport.MeasurementSize..]);
        SHA384.HashData(both, value);
    }

    private string? ReadFirst()
    {
        if (Rest.Length < HeaderSize || ReadNumber(4) != CcEvent.NoAction)
        {
            return "expected the event that says which digests there are (type 3)";
        }

        uint size = ReadNumber(HeaderSize - 4);
        if (size > (uint)(Rest.Length - HeaderSize) || size < 28)
        {
            return $"the first event has {size} bytes by its size, and {Rest.Length - HeaderSize} are there";
        }

        ReadOnlySpan<byte> first = Rest.Slice(HeaderSize, (int)size);
        uint algorithms = BinaryPrimitives.ReadUInt32LittleEndian(first[24..]);
        if (!first.StartsWith(Signature) || algorithms is 0 or > MostAlgorithms || first.Length < 28 + (4 * algorithms) + 1)
        {
            return $"expected 'Spec ID Event03' and 1 to {MostAlgorithms} algorithms";
        }

        for (int at = 0; at < algorithms; at++)
        {
            ReadOnlySpan<byte> entry = first[(28 + (4 * at))..];
            int digest = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
            if (digest is 0 or > LargestDigest || !_sizes.TryAdd(BinaryPrimitives.ReadUInt16LittleEndian(entry), digest))
            {
                return "an algorithm stands twice, or has digests of no possible size";
            }
        }

        _at += HeaderSize + (int)size;
        return _sizes.GetValueOrDefault(Sha384) == TdReport.MeasurementSize ? null : "the log has no digests of SHA-384, which the registers are made of";
    }

    private string? ReadOthers()
    {
        while (Rest.Length >= 12 && ReadNumber(0) != uint.MaxValue && !IsPadding(Rest))
        {
            if (_events.Count == MostEvents)
            {
                return $"there are more than {MostEvents} events";
            }

            if (ReadEvent() is { } fault)
            {
                return fault;
            }
        }

        return IsPadding(Rest) ? null : "bytes follow the last event that are neither an event nor all ones or zeros";
    }

    private string? ReadEvent()
    {
        uint register = ReadNumber(0);
        uint type = ReadNumber(4);
        uint digests = ReadNumber(8);
        if (register > Registers || digests is 0 or > MostAlgorithms)
        {
            return $"expected an event of register 0 to {Registers} with 1 to {MostAlgorithms} digests, found register {register} with {digests}";
        }

        int at = 12;
        if (ReadDigests(digests, ref at, out ByteString? digest) is { } fault)
        {
            return fault;
        }

        if (digest is null || Rest.Length < at + 4 || ReadNumber(at) > (uint)(Rest.Length - at - 4))
        {
            return "the event has no digest of SHA-384, or is cut";
        }

        int length = (int)ReadNumber(at);
        _events.Add(new CcEvent((int)register - 1, type, digest, _bytes.Slice(_at + at + 4, length)));
        _at += at + 4 + length;
        return null;
    }

    private string? ReadDigests(uint digests, ref int at, out ByteString? digest)
    {
        digest = null;
        for (int index = 0; index < digests; index++)
        {
            if (Rest.Length < at + 2 || !_sizes.TryGetValue(BinaryPrimitives.ReadUInt16LittleEndian(Rest[at..]), out int size) || Rest.Length < at + 2 + size)
            {
                return "a digest is cut, or is of an algorithm that the first event does not name";
            }

            bool isOurs = BinaryPrimitives.ReadUInt16LittleEndian(Rest[at..]) == Sha384;
            if (isOurs && digest is not null)
            {
                return "an event has two digests of SHA-384";
            }

            digest = isOurs ? new ByteString(Rest.Slice(at + 2, size)) : digest;
            at += 2 + size;
        }

        return null;
    }

    private uint ReadNumber(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Rest[offset..]);

    private static bool IsPadding(ReadOnlySpan<byte> rest) => !rest.ContainsAnyExcept((byte)0) || !rest.ContainsAnyExcept((byte)0xFF);
}
