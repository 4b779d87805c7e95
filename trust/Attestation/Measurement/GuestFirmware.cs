using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// The table at the end of an OVMF image (edk2, OvmfPkg/ResetVector); all numbers little-endian, read backwards:
//   size - 32        end of the table
//   size - 48   16   GUID of the footer
//   size - 50    2   length of the whole table, the footer included
//   before that      entries: data, u16 length (with its own 18 bytes), GUID

/// <summary>A firmware image for confidential guests, and what its own table says about it.</summary>
public sealed class GuestFirmware
{
    /// <summary>The largest image that is read.</summary>
    public const int Largest = 64 * 1024 * 1024;

    internal const int PageSize = 4096;

    private const int TableEnd = 32;
    private const int EntryHeader = 18;
    private const int MostEntries = 64;

    private static readonly Guid s_footer = new("96b582de-1fb2-45f7-baea-a366c55a082d");
    private static readonly Guid s_resetBlock = new("00f771de-1a7e-4fcb-890e-68c77e2fb44e");
    private static readonly Guid s_kernelHashes = new("7255371f-3a3b-4b04-927b-1da6efa8d454");
    private static readonly Guid s_sevMetadata = new("dc886566-984a-4798-a75e-5585a7bf67cc");
    private static readonly Guid s_tdxMetadata = new("e47a6535-984a-4798-865e-4685a7bf8ec2");

    private readonly Dictionary<Guid, Range> _entries = [];

    private GuestFirmware(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>Gets the image.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Gets the address that its first byte has in the guest: the image ends at 4 GiB.</summary>
    internal ulong Address => 0x1_0000_0000 - (ulong)Bytes.Length;

    /// <summary>Reads the table of an image. The image is not copied.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out GuestFirmware? firmware, [NotNullWhen(false)] out Refusal? refusal)
    {
        var read = new GuestFirmware(bytes);
        refusal = bytes.Length > Largest ? new(RefusalReason.TooLarge, $"A firmware image has at most {Largest} bytes; this one has {bytes.Length}.") : read.ReadTable();
        firmware = refusal is null ? read : null;
        return firmware is not null;
    }

    /// <summary>Where the CPUs other than the first start.</summary>
    internal bool TryResetAddress(out uint address, [NotNullWhen(false)] out Refusal? refusal) =>
        TryWord(s_resetBlock, 0, "the SEV-ES reset block", out address, out refusal);

    /// <summary>Where the hypervisor puts the hashes of kernel, initrd and command line; false when the firmware has no place for them.</summary>
    internal bool TryKernelHashes(out uint address, out uint size)
    {
        size = 0;
        return TryWord(s_kernelHashes, 0, "", out address, out _) && TryWord(s_kernelHashes, 4, "", out size, out _) && address != 0 && size != 0;
    }

    internal bool TrySevSections([NotNullWhen(true)] out IReadOnlyList<SevSection>? sections, [NotNullWhen(false)] out Refusal? refusal)
    {
        sections = null;
        return TryMetadata(s_sevMetadata, "SEV", out int offset, out refusal) && SevSection.TryRead(Bytes.Span, offset, out sections, out refusal);
    }

    internal bool TryTdxSections([NotNullWhen(true)] out IReadOnlyList<TdxSection>? sections, [NotNullWhen(false)] out Refusal? refusal)
    {
        sections = null;
        return TryMetadata(s_tdxMetadata, "TDX", out int offset, out refusal) && TdxSection.TryRead(Bytes.Span, offset, out sections, out refusal);
    }

    /// <summary>An entry that holds how far before the end of the image something starts.</summary>
    private bool TryMetadata(Guid entry, string whose, out int offset, [NotNullWhen(false)] out Refusal? refusal)
    {
        offset = 0;
        if (!TryWord(entry, 0, $"{whose} metadata", out uint back, out refusal))
        {
            return false;
        }

        if (back > Bytes.Length)
        {
            refusal = ImageReader.Refuse(_entries[entry].Start.Value, $"{whose} metadata is said to start {back} bytes before the end of an image of {Bytes.Length} bytes.");
            return false;
        }

        offset = Bytes.Length - (int)back;
        return true;
    }

    private bool TryWord(Guid entry, int at, string what, out uint value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = 0;
        refusal = null;
        if (!_entries.TryGetValue(entry, out Range range))
        {
            refusal = new(RefusalReason.Unsupported, $"The firmware has no entry for {what} ({entry}); take an image that was built for this kind of guest.");
            return false;
        }

        if (range.End.Value - range.Start.Value < at + 4)
        {
            refusal = ImageReader.Refuse(range.Start.Value, $"the entry for {what} has {range.End.Value - range.Start.Value} bytes; {at + 4} are needed.");
            return false;
        }

        value = new ImageReader(Bytes.Span).Word(range.Start.Value + at);
        return true;
    }

    private Refusal? ReadTable()
    {
        var image = new ImageReader(Bytes.Span);
        int footer = Bytes.Length - TableEnd - EntryHeader;
        if (footer < 0 || image.Guid(footer + 2) != s_footer)
        {
            return ImageReader.Refuse(Math.Max(footer + 2, 0), $"no table of an OVMF image ends here: the GUID {s_footer} is expected 48 bytes before the end of the file.");
        }

        if (Bytes.Length % PageSize != 0)
        {
            return ImageReader.Refuse(Bytes.Length, $"the image ends inside a page; a firmware image is a multiple of {PageSize} bytes.");
        }

        int length = image.Half(footer);
        int start = footer + EntryHeader - length;
        return length < EntryHeader || start < 0
            ? ImageReader.Refuse(footer, $"the table is said to have {length} bytes; it has at least {EntryHeader} and starts inside the image.")
            : ReadEntries(image, start, footer);
    }

    private Refusal? ReadEntries(ImageReader image, int start, int end)
    {
        while (end > start)
        {
            int header = end - EntryHeader;
            int length = header >= start ? image.Half(header) : 0;
            if (length < EntryHeader || end - length < start)
            {
                return ImageReader.Refuse(Math.Max(header, start), $"an entry of the table is said to have {length} bytes; it has at least {EntryHeader} and starts inside the table.");
            }

            if (_entries.Count == MostEntries || !_entries.TryAdd(image.Guid(header + 2), (end - length)..header))
            {
                return ImageReader.Refuse(header, $"the table has an entry twice, or more than {MostEntries} entries.");
            }

            end -= length;
        }

        return null;
    }
}
