using System.Buffers.Binary;

namespace ConfidentialOperator.FakeTee.Nitro;

/// <summary>Makes enclave images in the format of AWS, sound or not.</summary>
public static class SoftwareEnclaveImage
{
    /// <summary>The type of a kernel.</summary>
    public const ushort Kernel = 1;

    /// <summary>The type of a command line.</summary>
    public const ushort CommandLine = 2;

    /// <summary>The type of a ramdisk.</summary>
    public const ushort Ramdisk = 3;

    /// <summary>The type of signatures.</summary>
    public const ushort Signature = 4;

    /// <summary>The length of the header, whose last four bytes are the checksum.</summary>
    public const int HeaderSize = 0x224;

    /// <summary>Makes an image of these sections.</summary>
    public static byte[] Make(params (ushort Kind, byte[] Content)[] sections)
    {
        ArgumentNullException.ThrowIfNull(sections);
        byte[] image = new byte[HeaderSize + sections.Sum(section => 12 + section.Content.Length)];
        ".eif"u8.CopyTo(image);
        BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(4), 4);
        BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(0x1A), (ushort)sections.Length);
        int at = HeaderSize;
        for (int index = 0; index < sections.Length; index++)
        {
            (ushort kind, byte[] content) = sections[index];
            BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(0x1C + (8 * index)), (ulong)at);
            BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(0x11C + (8 * index)), (ulong)content.Length);
            BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(at), kind);
            BinaryPrimitives.WriteUInt64BigEndian(image.AsSpan(at + 4), (ulong)content.Length);
            content.CopyTo(image, at + 12);
            at += 12 + content.Length;
        }

        return Seal(image);
    }

    /// <summary>Writes the checksum of a changed image.</summary>
    public static byte[] Seal(byte[] image)
    {
        ArgumentNullException.ThrowIfNull(image);
        uint value = uint.MaxValue;
        for (int at = 0; at < image.Length; at++)
        {
            if (at is >= 0x220 and < HeaderSize)
            {
                continue;
            }

            value ^= image[at];
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1;
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(0x220), ~value);
        return image;
    }
}
