using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// SEV metadata (edk2, OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm): "ASEV", u32 size, u32 version = 1, u32 count, then count times u32 address, u32 size, u32 type.

/// <summary>A part of the guest's memory that the hypervisor prepares as the firmware demands.</summary>
internal readonly record struct SevSection(uint Address, uint Size, SevSectionKind Kind)
{
    private const int HeaderSize = 16;
    private const int EntrySize = 12;
    private const int MostSections = 64;

    /// <summary>More memory than any firmware has prepared; it bounds the work for one image.</summary>
    private const long MostMemory = 64 * 1024 * 1024;

    public static bool TryRead(ReadOnlySpan<byte> bytes, int offset, [NotNullWhen(true)] out IReadOnlyList<SevSection>? sections, [NotNullWhen(false)] out Refusal? refusal)
    {
        var image = new ImageReader(bytes);
        var read = new List<SevSection>();
        refusal = CheckHeader(image, offset);
        long memory = 0;
        for (int index = 0; refusal is null && index < image.Word(offset + 12); index++)
        {
            int at = offset + HeaderSize + (index * EntrySize);
            var section = new SevSection(image.Word(at), image.Word(at + 4), unchecked((SevSectionKind)image.Word(at + 8)));
            memory += section.Size;
            refusal = section.Check(at, memory);
            read.Add(section);
        }

        sections = refusal is null ? read : null;
        return sections is not null;
    }

    private static Refusal? CheckHeader(ImageReader image, int offset)
    {
        if (!image.Has(offset, HeaderSize) || !image.Is(offset, "ASEV"u8))
        {
            return ImageReader.Refuse(offset, "SEV metadata is expected here: it begins with 'ASEV'.");
        }

        if (image.Word(offset + 8) != 1)
        {
            return ImageReader.Refuse(offset + 8, $"the SEV metadata has version {image.Word(offset + 8)}; version 1 is known.");
        }

        long count = image.Word(offset + 12);
        long size = HeaderSize + (count * EntrySize);
        return count <= MostSections && image.Word(offset + 4) >= size && image.Has(offset, image.Word(offset + 4)) ? null
            : ImageReader.Refuse(offset + 4, $"the SEV metadata names {count} sections in {image.Word(offset + 4)} bytes; at most {MostSections} fit, of {EntrySize} bytes each, inside the image.");
    }

    private Refusal? Check(int at, long memory)
    {
        if (!Enum.IsDefined(Kind))
        {
            return ImageReader.Refuse(at + 8, $"the SEV section has type 0x{unchecked((uint)Kind):x}; types 1 to 4 and 0x10 are known.");
        }

        if (Address % GuestFirmware.PageSize != 0 || Size % GuestFirmware.PageSize != 0)
        {
            return ImageReader.Refuse(at, $"the SEV section at address 0x{Address:x} of 0x{Size:x} bytes is not made of whole pages.");
        }

        return memory <= MostMemory ? null : ImageReader.Refuse(at + 4, $"the SEV sections have more than {MostMemory} bytes together.");
    }
}
