using System.Buffers.Binary;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// Intel TDX module base specification, "Measurement and attestation": TDH.MEM.PAGE.ADD hashes 128 bytes "MEM.PAGE.ADD" padded to 16, u64 address, zeros;
// TDH.MR.EXTEND hashes 128 bytes "MR.EXTEND" padded to 16, u64 address, zeros, and then the 256 bytes themselves.

/// <summary>MRTD while it grows.</summary>
internal sealed class TdxBuildDigest : IDisposable
{
    private const int ChunkSize = 256;
    private const int AddressOffset = 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
    private readonly byte[] _add = Record("MEM.PAGE.ADD"u8);
    private readonly byte[] _extend = Record("MR.EXTEND"u8);

    public void Dispose() => _hash.Dispose();

    public ByteString Finish() => new(_hash.GetHashAndReset());

    public void Add(TdxSection section, ReadOnlySpan<byte> image, TdxOrder order)
    {
        ReadOnlySpan<byte> data = image.Slice((int)section.Data, (int)section.RawSize);
        byte[] page = new byte[GuestFirmware.PageSize];
        for (ulong at = 0; at < section.MemorySize; at += GuestFirmware.PageSize)
        {
            Append(_add, section.Address + at);
            if (section.IsExtended && order == TdxOrder.SinglePass)
            {
                ExtendPage(section.Address + at, PageOf(data, at, page));
            }
        }

        for (ulong at = 0; section.IsExtended && order == TdxOrder.TwoPass && at < section.MemorySize; at += GuestFirmware.PageSize)
        {
            ExtendPage(section.Address + at, PageOf(data, at, page));
        }
    }

    private static byte[] Record(ReadOnlySpan<byte> name)
    {
        byte[] record = new byte[128];
        name.CopyTo(record);
        return record;
    }

    /// <summary>The data's part in a page; where the data ends, the memory is zero.</summary>
    private static byte[] PageOf(ReadOnlySpan<byte> data, ulong at, byte[] page)
    {
        Array.Clear(page);
        if (at < (ulong)data.Length)
        {
            ReadOnlySpan<byte> rest = data[(int)at..];
            rest[..Math.Min(rest.Length, page.Length)].CopyTo(page);
        }

        return page;
    }

    private void ExtendPage(ulong address, byte[] page)
    {
        for (int at = 0; at < page.Length; at += ChunkSize)
        {
            Append(_extend, address + (ulong)at);
            _hash.AppendData(page, at, ChunkSize);
        }
    }

    private void Append(byte[] record, ulong address)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(AddressOffset), address);
        _hash.AppendData(record);
    }
}
