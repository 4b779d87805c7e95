using System.Buffers.Binary;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

// SEV-SNP ABI specification (AMD publication 56860), PAGE_INFO:
//   0x00  48  digest so far
//   0x30  48  SHA-384 of the page, or zeros where the type has no content
//   0x60   2  length of this structure, 0x70
//   0x62   1  page type
//   0x63   1  IMI page
//   0x64   3  permissions of VMPL 3, 2, 1
//   0x67   1  reserved
//   0x68   8  guest address

/// <summary>The launch digest while it grows: each page hashes the digest so far, its content and its address.</summary>
internal sealed class SnpLaunchDigest
{
    private const int DigestSize = SHA384.HashSizeInBytes;

    private readonly byte[] _info = new byte[0x70];

    public SnpLaunchDigest() => BinaryPrimitives.WriteUInt16LittleEndian(_info.AsSpan(0x60), (ushort)_info.Length);

    public enum PageKind : byte
    {
        Normal = 1,
        CpuState = 2,
        Zero = 3,
        Unmeasured = 4,
        Secrets = 5,
        Cpuid = 6,
    }

    public ByteString Value => new(_info.AsSpan(0, DigestSize));

    /// <summary>Adds whole pages with their content.</summary>
    public void AddPages(PageKind kind, ReadOnlySpan<byte> content, ulong address)
    {
        Span<byte> hash = stackalloc byte[DigestSize];
        for (int at = 0; at < content.Length; at += GuestFirmware.PageSize)
        {
            SHA384.HashData(content.Slice(at, GuestFirmware.PageSize), hash);
            Extend(kind, hash, address + (ulong)at);
        }
    }

    /// <summary>Adds the pages of a section, whose content is not measured.</summary>
    public void AddEmpty(PageKind kind, ulong address, uint size)
    {
        Span<byte> none = stackalloc byte[DigestSize];
        none.Clear();
        for (ulong at = 0; at < size; at += GuestFirmware.PageSize)
        {
            Extend(kind, none, address + at);
        }
    }

    public void Extend(PageKind kind, ReadOnlySpan<byte> content, ulong address)
    {
        content.CopyTo(_info.AsSpan(DigestSize));
        _info[0x62] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(_info.AsSpan(0x68), address);
        Span<byte> next = stackalloc byte[DigestSize];
        SHA384.HashData(_info, next);
        next.CopyTo(_info);
    }
}
