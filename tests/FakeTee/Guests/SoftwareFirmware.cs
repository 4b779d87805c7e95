using System.Buffers.Binary;
using System.Text;

namespace ConfidentialOperator.FakeTee.Guests;

/// <summary>
/// A small firmware image with the tables of OVMF, made here and always the same: what a software guest is measured from. Nothing could run it. For
/// SEV-SNP it has memory, secrets, CPUID and an area for kernel hashes; for TDX its code, measured, and memory beside it.
/// </summary>
public sealed class SoftwareFirmware
{
    private const int ImageSize = 64 * 1024;
    private const int PageSize = 4096;
    private const int TableEnd = 32;
    private const int EntryHeader = 18;
    private const uint ResetAddress = 0x80b004;
    private const uint HashArea = 0x810c00;

    private static readonly Guid s_footer = new("96b582de-1fb2-45f7-baea-a366c55a082d");
    private static readonly Guid s_resetBlock = new("00f771de-1a7e-4fcb-890e-68c77e2fb44e");
    private static readonly Guid s_kernelHashes = new("7255371f-3a3b-4b04-927b-1da6efa8d454");
    private static readonly Guid s_sevMetadata = new("dc886566-984a-4798-a75e-5585a7bf67cc");
    private static readonly Guid s_tdxMetadata = new("e47a6535-984a-4798-865e-4685a7bf8ec2");
    private static readonly Guid s_tdxSections = new("e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae");

    private readonly byte[] _image = new byte[ImageSize];
    private int _at;

    private SoftwareFirmware(string content)
    {
        byte[] text = Encoding.UTF8.GetBytes(content);
        for (int at = 0; at < PageSize; at += text.Length)
        {
            text.AsSpan(0, Math.Min(text.Length, PageSize - at)).CopyTo(_image.AsSpan(at));
        }
    }

    /// <summary>Gets the image of the development guest.</summary>
    public static ReadOnlyMemory<byte> Image { get; } = Make("confidential-operator development firmware");

    /// <summary>Makes an image whose code is this text.</summary>
    public static ReadOnlyMemory<byte> Make(string content)
    {
        ArgumentException.ThrowIfNullOrEmpty(content);
        return new SoftwareFirmware(content).Write();
    }

    private byte[] Write()
    {
        int sev = WriteSev();
        int tdx = WriteTdx();
        int footer = ImageSize - TableEnd - EntryHeader;
        int end = WriteEntry(footer, s_resetBlock, ResetAddress);
        end = WriteEntry(end, s_kernelHashes, HashArea, 0x400);
        end = WriteEntry(end, s_sevMetadata, (uint)(ImageSize - sev));
        end = WriteEntry(end, s_tdxMetadata, (uint)(ImageSize - tdx));
        BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan(footer), (ushort)(footer + EntryHeader - end));
        s_footer.TryWriteBytes(_image.AsSpan(footer + 2));
        return _image;
    }

    private int WriteSev()
    {
        (uint Address, uint Size, uint Kind)[] sections =
            [(0x800000, 0x9000, 1), (0x80a000, 0x3000, 1), (0x80d000, PageSize, 2), (0x80e000, PageSize, 3), (0x80f000, 0, 1), (HashArea & ~0xfffu, PageSize, 0x10)];
        _at = 2 * PageSize;
        int start = _at;
        Put("ASEV"u8);
        Put((uint)(16 + (12 * sections.Length)), 1, (uint)sections.Length);
        foreach ((uint address, uint size, uint kind) in sections)
        {
            Put(address, size, kind);
        }

        return start;
    }

    private int WriteTdx()
    {
        // The code, whose content is measured; memory that is only there; memory that is added after the launch.
        (uint Data, uint Raw, ulong Address, ulong Memory, uint Kind, uint Attributes)[] sections =
        [
            (0, PageSize, 0x1_0000_0000 - ImageSize, PageSize, 0, 1),
            (PageSize, 100, 0x1_0000_0000 - ImageSize + PageSize, 2 * PageSize, 1, 1),
            (0, 0, 0x810000, 2 * PageSize, 2, 0),
            (0, 0, 0x820000, PageSize, 3, 2),
        ];
        _at = 3 * PageSize;
        s_tdxSections.TryWriteBytes(_image.AsSpan(_at));
        _at += 16;
        int start = _at;
        Put("TDVF"u8);
        Put((uint)(16 + (32 * sections.Length)), 1, (uint)sections.Length);
        foreach ((uint data, uint raw, ulong address, ulong memory, uint kind, uint attributes) in sections)
        {
            Put(data, raw, (uint)(address & uint.MaxValue), (uint)(address >> 32), (uint)(memory & uint.MaxValue), (uint)(memory >> 32), kind, attributes);
        }

        return start;
    }

    private int WriteEntry(int end, Guid guid, params ReadOnlySpan<uint> data)
    {
        int start = end - EntryHeader - (4 * data.Length);
        _at = start;
        Put(data);
        BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan(_at), (ushort)(end - start));
        guid.TryWriteBytes(_image.AsSpan(_at + 2));
        return start;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_image.AsSpan(_at));
        _at += bytes.Length;
    }

    private void Put(params ReadOnlySpan<uint> values)
    {
        foreach (uint value in values)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_image.AsSpan(_at), value);
            _at += 4;
        }
    }
}
