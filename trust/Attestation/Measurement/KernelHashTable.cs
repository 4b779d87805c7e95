using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ConfidentialOperator.Attestation.Measurement;

// QEMU, target/i386/sev.c, SevHashTable: GUID, u16 168, then three times GUID, u16 50, SHA-256; padded with zeros to 176 bytes.

/// <summary>The table by which measured firmware checks a kernel that it is handed without measuring it.</summary>
internal static class KernelHashTable
{
    public const int Size = 176;

    private const int GuidSize = 16;
    private const int EntrySize = 50;

    private static readonly Guid s_table = new("9438d606-4f22-4cc9-b479-a793d411fd21");
    private static readonly Guid s_commandLine = new("97d02dd8-bd20-4c94-aa78-e7714d36ab2a");
    private static readonly Guid s_initrd = new("44baf731-3a2f-4bd7-9af1-41e29169781d");
    private static readonly Guid s_kernel = new("4de79437-abd2-427f-b835-d5b172d2045b");

    public static void Write(DirectBoot boot, Span<byte> table)
    {
        const int header = GuidSize + 2;
        s_table.TryWriteBytes(table);
        BinaryPrimitives.WriteUInt16LittleEndian(table[GuidSize..], header + (3 * EntrySize));
        WriteEntry(table[header..], s_commandLine, boot.CommandLineBytes);
        WriteEntry(table[(header + EntrySize)..], s_initrd, boot.Initrd is { } initrd ? initrd.Span : []);
        WriteEntry(table[(header + (2 * EntrySize))..], s_kernel, boot.Kernel.Span);
    }

    private static void WriteEntry(Span<byte> entry, Guid guid, ReadOnlySpan<byte> content)
    {
        guid.TryWriteBytes(entry);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[GuidSize..], EntrySize);
        SHA256.HashData(content, entry[(GuidSize + 2)..]);
    }
}
