using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>An event log as firmware writes it into the area of ACPI's CCEL.</summary>
public sealed class SoftwareEventLog
{
    private const int Sha384 = 0x000C;
    private const uint NoAction = 3;

    private readonly List<byte> _bytes = [];
    private readonly byte[][] _registers = [new byte[48], new byte[48], new byte[48], new byte[48]];

    /// <summary>Begins a log.</summary>
    public SoftwareEventLog()
    {
        byte[] first = [.. Encoding.ASCII.GetBytes("Spec ID Event03\0"), .. Number(0), 0, 2, 105, 2, .. Number(1), .. Short(Sha384), .. Short(48), 0];
        _bytes.AddRange([.. Number(0), .. Number(NoAction), .. new byte[20], .. Number((uint)first.Length), .. first]);
    }

    /// <summary>Gets what the registers hold.</summary>
    public IReadOnlyList<ByteString> Registers => [.. _registers.Select(register => new ByteString(register))];

    /// <summary>Adds an event that extends a register.</summary>
    public SoftwareEventLog Add(int register, uint type, string data)
    {
        byte[] content = Encoding.UTF8.GetBytes(data);
        byte[] digest = SHA384.HashData(content);
        Write((uint)(register + 1), type, digest, content);
        if (register >= 0 && type != NoAction)
        {
            _registers[register] = SHA384.HashData([.. _registers[register], .. digest]);
        }

        return this;
    }

    /// <summary>Returns the area: the log and what is left of it, all ones.</summary>
    public ByteString ToArea(int size = 4096) => new([.. _bytes, .. Enumerable.Repeat((byte)0xFF, size - _bytes.Count)]);

    private void Write(uint register, uint type, byte[] digest, byte[] content) =>
        _bytes.AddRange([.. Number(register), .. Number(type), .. Number(1), .. Short(Sha384), .. digest, .. Number((uint)content.Length), .. content]);

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Short(int value) => [(byte)value, (byte)(value >> 8)];
}
