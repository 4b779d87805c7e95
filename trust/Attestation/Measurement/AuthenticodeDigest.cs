using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// Windows Authenticode Portable Executable Signature Format, "Calculating the PE image hash"; UEFI firmware measures an image by it.
//   0x3c       4  offset of "PE\0\0"; from there:
//   0x04 + 2   2  number of sections
//   0x04 + 16  2  size of the optional header
//   0x18       2  magic: 0x10b (32 bits), 0x20b (64 bits)
//   0x18 + 60  4  size of all headers
//   0x18 + 64  4  checksum, not hashed
//   0x18 + 92 or 108   4  number of directories, each of 8 bytes; the one with index 4, the certificates, is not hashed
//   after the optional header: sections of 40 bytes; size of raw data at 16, pointer to it at 20

/// <summary>The hash of an EFI program without its checksum and signatures.</summary>
internal static class AuthenticodeDigest
{
    private const int OptionalHeader = 0x18;
    private const int SectionSize = 40;
    private const int MostSections = 96;
    private const int CertificateDirectory = 4;

    public static bool TryCompute(ReadOnlySpan<byte> program, [NotNullWhen(true)] out ByteString? digest, [NotNullWhen(false)] out Refusal? refusal)
    {
        digest = null;
        var image = new ImageReader(program);
        refusal = Read(image, program.Length, out Layout layout);
        if (refusal is not null)
        {
            return false;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(program[..layout.Checksum]);
        hash.AppendData(program[(layout.Checksum + 4)..layout.Certificates]);
        hash.AppendData(program[Math.Min(layout.Certificates + 8, layout.Headers)..layout.Headers]);
        long hashed = layout.Headers;
        foreach ((int start, int length) in layout.Sections)
        {
            hash.AppendData(program.Slice(start, length));
            hashed += length;
        }

        long rest = program.Length - hashed - layout.CertificatesSize;
        if (rest > 0)
        {
            hash.AppendData(program.Slice((int)hashed, (int)rest));
        }

        digest = new ByteString(hash.GetHashAndReset());
        return true;
    }

    private static Refusal? Read(ImageReader image, int length, out Layout layout)
    {
        layout = default;
        long pe = image.Has(0, 0x40) && image.Is(0, "MZ"u8) ? image.Word(0x3c) : -1;
        if (!image.Has(pe, OptionalHeader + 2) || !image.Is((int)pe, "PE\0\0"u8))
        {
            return ImageReader.Refuse(0x3c, "the kernel is no EFI program: 'MZ' at its beginning and 'PE' where offset 0x3c leads are expected.");
        }

        return ReadOptional(image, (int)pe, length, out layout);
    }

    private static Refusal? ReadOptional(ImageReader image, int pe, int length, out Layout layout)
    {
        layout = default;
        int start = pe + OptionalHeader;
        int directories = image.Half(start) switch { 0x10b => 92, 0x20b => 108, _ => -1 };
        int optional = image.Half(pe + 20);
        if (directories < 0 || !image.Has(start, optional) || optional < directories + 4)
        {
            return ImageReader.Refuse(start, $"the optional header of {optional} bytes with magic 0x{image.Half(start):x} is not that of an EFI program.");
        }

        uint headers = image.Word(start + 60);
        if (headers > length || headers < start + optional)
        {
            return ImageReader.Refuse(start + 60, $"the headers are said to have {headers} bytes; they end after the optional header and inside the file.");
        }

        bool signed = image.Word(start + directories) > CertificateDirectory && optional >= directories + 4 + ((CertificateDirectory + 1) * 8);
        int entry = signed ? start + directories + 4 + (CertificateDirectory * 8) : (int)headers;
        uint size = signed ? image.Word(entry + 4) : 0;
        layout = new(start + 64, entry, size, (int)headers, []);
        return ReadSections(image, start + optional, image.Half(pe + 6), layout);
    }

    private static Refusal? ReadSections(ImageReader image, int table, int count, Layout layout)
    {
        if (count > MostSections || !image.Has(table, (long)count * SectionSize))
        {
            return ImageReader.Refuse(table, $"{count} sections do not fit; a program has at most {MostSections}.");
        }

        long total = layout.Headers;
        for (int index = 0; index < count; index++)
        {
            int at = table + (index * SectionSize);
            uint size = image.Word(at + 16);
            uint start = image.Word(at + 20);
            total += size;
            if (!image.Has(start, size) || !image.Has(0, total))
            {
                return ImageReader.Refuse(at + 16, $"the section of {size} bytes at 0x{start:x} is not inside the file, or overlaps with another.");
            }

            if (size > 0)
            {
                layout.Sections.Add(((int)start, (int)size));
            }
        }

        layout.Sections.Sort();
        return null;
    }

    private readonly record struct Layout(int Checksum, int Certificates, uint CertificatesSize, int Headers, List<(int Start, int Length)> Sections);
}
