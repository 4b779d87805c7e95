using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement.IdBlocks;

// SEV-SNP ABI specification (AMD publication 56860), ID block; all numbers little-endian.
//   0x00  48  launch digest
//   0x30  16  FAMILY_ID
//   0x40  16  IMAGE_ID
//   0x50   4  version, 1
//   0x54   4  GUEST_SVN
//   0x58   8  POLICY

/// <summary>What an owner signs about a guest before its launch: the processor refuses to launch a guest that measures anything else.</summary>
public sealed record IdBlock
{
    /// <summary>The length of the block.</summary>
    public const int Size = 96;

    private const uint KnownVersion = 1;
    private const int DigestSize = 48;
    private const int IdSize = 16;

    /// <summary>Gets the launch measurement, 48 bytes.</summary>
    public required ByteString Measurement { get; init; }

    /// <summary>Gets the family of the image, 16 bytes.</summary>
    public ByteString FamilyId { get; init; } = new(new byte[IdSize]);

    /// <summary>Gets the image, 16 bytes.</summary>
    public ByteString ImageId { get; init; } = new(new byte[IdSize]);

    /// <summary>Gets the security version of the guest.</summary>
    public uint GuestSvn { get; init; }

    /// <summary>Gets the guest's launch policy.</summary>
    public required ulong Policy { get; init; }

    /// <summary>Reads a block.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IdBlock? block, [NotNullWhen(false)] out Refusal? refusal)
    {
        block = null;
        refusal = bytes.Length != Size ? new(RefusalReason.Malformed, $"An ID block has {Size} bytes; this one has {bytes.Length}.")
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x50..]) != KnownVersion ? ImageReader.Refuse(0x50, $"the ID block has version {BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x50..])}; version {KnownVersion} is known.")
            : null;
        if (refusal is not null)
        {
            return false;
        }

        block = new IdBlock
        {
            Measurement = new ByteString(bytes[..0x30]),
            FamilyId = new ByteString(bytes[0x30..0x40]),
            ImageId = new ByteString(bytes[0x40..0x50]),
            GuestSvn = BinaryPrimitives.ReadUInt32LittleEndian(bytes[0x54..]),
            Policy = BinaryPrimitives.ReadUInt64LittleEndian(bytes[0x58..]),
        };
        return true;
    }

    /// <summary>Returns the 96 bytes that are signed.</summary>
    /// <exception cref="ArgumentException">A field has the wrong length.</exception>
    public ByteString ToBytes()
    {
        if (Measurement.Length != DigestSize || FamilyId.Length != IdSize || ImageId.Length != IdSize)
        {
            throw new ArgumentException($"The measurement has {DigestSize} bytes, the ids have {IdSize}.");
        }

        byte[] bytes = new byte[Size];
        Measurement.Span.CopyTo(bytes);
        FamilyId.Span.CopyTo(bytes.AsSpan(0x30));
        ImageId.Span.CopyTo(bytes.AsSpan(0x40));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(0x50), KnownVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(0x54), GuestSvn);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x58), Policy);
        return new ByteString(bytes);
    }
}
