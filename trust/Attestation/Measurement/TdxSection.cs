using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// TDVF metadata (Intel TDX Virtual Firmware Design Guide, section "TDVF metadata"): the GUID e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae, then "TDVF", u32 length,
// u32 version = 1, u32 count, then count times u32 data offset, u32 raw size, u64 address, u64 memory size, u32 type, u32 attributes.

/// <summary>A part of the guest's memory that is there before the guest runs.</summary>
internal readonly record struct TdxSection(uint Data, uint RawSize, ulong Address, ulong MemorySize, uint Kind, uint Attributes)
{
    private const int GuidSize = 16;
    private const int HeaderSize = 16;
    private const int EntrySize = 32;
    private const int MostSections = 64;

    /// <summary>More memory than any firmware is given before its first instruction; it bounds the work for one image.</summary>
    private const ulong MostMemory = 256 * 1024 * 1024;

    private static readonly Guid s_guid = new("e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae");

    /// <summary>Gets whether the content is measured, not only the address.</summary>
    public bool IsExtended => (Attributes & 1) != 0;

    /// <summary>Gets whether the pages are added after the launch was measured.</summary>
    public bool IsAddedLater => (Attributes & 2) != 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, int offset, [NotNullWhen(true)] out IReadOnlyList<TdxSection>? sections, [NotNullWhen(false)] out Refusal? refusal)
    {
        var image = new ImageReader(bytes);
        var read = new List<TdxSection>();
        refusal = CheckHeader(image, offset);
        ulong memory = 0;
        for (int index = 0; refusal is null && index < image.Word(offset + 12); index++)
        {
            int at = offset + HeaderSize + (index * EntrySize);
            var section = new TdxSection(image.Word(at), image.Word(at + 4), image.Long(at + 8), image.Long(at + 16), image.Word(at + 24), image.Word(at + 28));
            refusal = section.Check(image, at);
            memory += section.IsAddedLater ? 0 : Math.Min(section.MemorySize, MostMemory + 1);
            refusal ??= memory <= MostMemory ? null : ImageReader.Refuse(at + 16, $"the TDX sections have more than {MostMemory} bytes together.");
            read.Add(section);
        }

        sections = refusal is null ? read : null;
        return sections is not null;
    }

    private static Refusal? CheckHeader(ImageReader image, int offset)
    {
        if (!image.Has(offset - GuidSize, GuidSize + HeaderSize) || !image.Is(offset, "TDVF"u8) || image.Guid(offset - GuidSize) != s_guid)
        {
            return ImageReader.Refuse(offset, $"TDX metadata is expected here: it begins with 'TDVF' after the GUID {s_guid}.");
        }

        if (image.Word(offset + 8) != 1)
        {
            return ImageReader.Refuse(offset + 8, $"the TDX metadata has version {image.Word(offset + 8)}; version 1 is known.");
        }

        long count = image.Word(offset + 12);
        long size = HeaderSize + (count * EntrySize);
        return count is > 0 and <= MostSections && image.Word(offset + 4) >= size && image.Has(offset, image.Word(offset + 4)) ? null
            : ImageReader.Refuse(offset + 4, $"the TDX metadata names {count} sections in {image.Word(offset + 4)} bytes; 1 to {MostSections} fit, of {EntrySize} bytes each, inside the image.");
    }

    private Refusal? Check(ImageReader image, int at)
    {
        if (!image.Has(Data, RawSize))
        {
            return ImageReader.Refuse(at, $"the TDX section's data of 0x{RawSize:x} bytes at 0x{Data:x} is not inside the image.");
        }

        if (Address % GuestFirmware.PageSize != 0 || MemorySize % GuestFirmware.PageSize != 0 || Address > ulong.MaxValue - MemorySize)
        {
            return ImageReader.Refuse(at + 8, $"the TDX section at address 0x{Address:x} of 0x{MemorySize:x} bytes is not made of whole pages.");
        }

        return RawSize <= MemorySize ? null : ImageReader.Refuse(at + 4, $"the TDX section has 0x{RawSize:x} bytes of data and only 0x{MemorySize:x} bytes of memory.");
    }
}
