using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Measurement;

// The enclave image format of AWS (aws-nitro-enclaves-image-format, version 4); all numbers big-endian.
//   0x000    4  ".eif"
//   0x004    2  version
//   0x006    2  flags
//   0x008    8  default memory
//   0x010    8  default CPUs
//   0x018    2  reserved
//   0x01A    2  number of sections
//   0x01C  256  offsets of at most 32 sections
//   0x11C  256  sizes of their contents
//   0x21C    4  unused
//   0x220    4  CRC-32 of the file without these four bytes
//   each section: u16 type (1 kernel, 2 command line, 3 ramdisk, 4 signature, 5 metadata), u16 flags, u64 size, the content

/// <summary>An image of a Nitro enclave whose layout is sound, and the PCRs that its document must have.</summary>
public sealed class EnclaveImage
{
    /// <summary>The largest image that is read.</summary>
    public const int Largest = 1024 * 1024 * 1024;

    internal const int HeaderSize = 0x224;
    internal const int ChecksumOffset = 0x220;

    private const int SectionHeaderSize = 12;
    private const int MostSections = 32;
    private const int OffsetsAt = 0x01C;
    private const int SizesAt = 0x11C;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly List<Section> _sections = [];
    private ByteString? _signer;

    private EnclaveImage(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    private enum Kind
    {
        Kernel = 1,
        CommandLine = 2,
        Ramdisk = 3,
        Signature = 4,
        Metadata = 5,
    }

    /// <summary>Reads an image. It is not copied.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out EnclaveImage? image, [NotNullWhen(false)] out Refusal? refusal)
    {
        var read = new EnclaveImage(bytes);
        refusal = bytes.Length > Largest ? new(RefusalReason.TooLarge, $"An enclave image has at most {Largest} bytes; this one has {bytes.Length}.") : read.Read();
        image = refusal is null ? read : null;
        return image is not null;
    }

    /// <summary>Computes PCR0, PCR1 and PCR2, and PCR8 of a signed image.</summary>
    public LaunchMeasurement Measure()
    {
        Section[] boot = [.. Of(Kind.Kernel), .. Of(Kind.CommandLine)];
        Section[] ramdisks = [.. Of(Kind.Ramdisk)];
        var values = new Dictionary<string, ByteString>
        {
            ["pcr0"] = Extend(boot.Concat(ramdisks)),
            ["pcr1"] = Extend(boot.Concat(ramdisks.Take(1))),
            ["pcr2"] = Extend(ramdisks.Skip(1)),
        };
        if (_signer is not null)
        {
            values["pcr8"] = Extend(SHA384.HashData(_signer.Span));
        }

        return new LaunchMeasurement(TeeKind.Nitro, values, [.. _sections.Select(Input)], new Dictionary<string, string>());
    }

    private static ByteString Extend(ReadOnlySpan<byte> digest)
    {
        Span<byte> both = stackalloc byte[2 * SHA384.HashSizeInBytes];
        both.Clear();
        digest.CopyTo(both[SHA384.HashSizeInBytes..]);
        return new ByteString(SHA384.HashData(both));
    }

    private ByteString Extend(IEnumerable<Section> sections)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        foreach (Section section in sections)
        {
            hash.AppendData(_bytes.Span.Slice(section.Start, section.Length));
        }

        return Extend(hash.GetHashAndReset());
    }

    private IEnumerable<Section> Of(Kind kind) => _sections.Where(section => section.Kind == kind);

    private MeasuredInput Input(Section section)
    {
        string name = section.Kind switch { Kind.CommandLine => "append", _ => section.Kind.ToString().ToLowerInvariant() };
        return MeasuredInput.Of(name, _bytes.Span.Slice(section.Start, section.Length));
    }

    private Refusal? Read()
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        if (bytes.Length < HeaderSize || !bytes.StartsWith(".eif"u8))
        {
            return ImageReader.Refuse(0, $"an enclave image is expected: '.eif' and a header of {HeaderSize} bytes.");
        }

        ushort version = BinaryPrimitives.ReadUInt16BigEndian(bytes[0x004..]);
        if (version is not (3 or 4))
        {
            return ImageReader.Refuse(0x004, $"the enclave image has version {version}; versions 3 and 4 are known.");
        }

        uint stored = BinaryPrimitives.ReadUInt32BigEndian(bytes[ChecksumOffset..]);
        uint computed = Crc32.Compute(bytes[..ChecksumOffset], bytes[HeaderSize..]);
        return stored == computed ? ReadSections(bytes) ?? CheckSections() : ImageReader.Refuse(ChecksumOffset, $"the checksum is {stored:x8} and the file's is {computed:x8}: the file is broken.");
    }

    private Refusal? ReadSections(ReadOnlySpan<byte> bytes)
    {
        int count = BinaryPrimitives.ReadUInt16BigEndian(bytes[0x01A..]);
        if (count is 0 or > MostSections)
        {
            return ImageReader.Refuse(0x01A, $"the enclave image has {count} sections; 1 to {MostSections} are possible.");
        }

        int end = HeaderSize;
        for (int index = 0; index < count; index++)
        {
            ulong offset = BinaryPrimitives.ReadUInt64BigEndian(bytes[(OffsetsAt + (8 * index))..]);
            ulong size = BinaryPrimitives.ReadUInt64BigEndian(bytes[(SizesAt + (8 * index))..]);
            if (offset != (ulong)end || bytes.Length - end < SectionHeaderSize || size > (ulong)(bytes.Length - end - SectionHeaderSize))
            {
                return ImageReader.Refuse(OffsetsAt + (8 * index), $"section {index} of {size} bytes is said to start at 0x{offset:x}; it follows the one before, at 0x{end:x}, and ends inside the file.");
            }

            var kind = (Kind)BinaryPrimitives.ReadUInt16BigEndian(bytes[end..]);
            if (!Enum.IsDefined(kind) || BinaryPrimitives.ReadUInt64BigEndian(bytes[(end + 4)..]) != size)
            {
                return ImageReader.Refuse(end, $"the section has type {(int)kind} and a size that differs from the header's {size}, or a type that is not 1 to 5.");
            }

            _sections.Add(new Section(kind, end + SectionHeaderSize, (int)size));
            end += SectionHeaderSize + (int)size;
        }

        return end == bytes.Length ? null : ImageReader.Refuse(end, $"{bytes.Length - end} bytes follow the last section, which nothing would measure.");
    }

    private Refusal? CheckSections()
    {
        if (Of(Kind.Kernel).Count() != 1 || Of(Kind.CommandLine).Count() != 1 || !Of(Kind.Ramdisk).Any() || Of(Kind.Signature).Count() > 1)
        {
            return ImageReader.Refuse(0x01A, "an enclave image has one kernel, one command line, at least one ramdisk and at most one signature.");
        }

        foreach (Section section in Of(Kind.Signature))
        {
            if (!EnclaveSigner.TryRead(_bytes.Slice(section.Start, section.Length), out _signer, out string? fault))
            {
                return ImageReader.Refuse(section.Start, $"the signature section is refused: {fault}.");
            }
        }

        return null;
    }

    private readonly record struct Section(Kind Kind, int Start, int Length);
}
