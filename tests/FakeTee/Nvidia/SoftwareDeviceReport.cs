using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>The content of a device's report: what a test wants to say.</summary>
public sealed record SoftwareDeviceReport
{
    /// <summary>Gets the nonce of the request, 32 bytes.</summary>
    public required ByteString Nonce { get; init; }

    /// <summary>Gets the driver's version; null for none.</summary>
    public string? DriverVersion { get; init; } = "550.90.07";

    /// <summary>Gets the VBIOS version: five pairs of digits.</summary>
    public string VbiosVersion { get; init; } = "96.00.9F.00.01";

    /// <summary>Gets the firmware digest; null for the device's, empty to leave it out.</summary>
    public ByteString? FirmwareId { get; init; }

    /// <summary>Gets whether PCIe is protected; null to leave it out.</summary>
    public bool? ProtectedPcie { get; init; } = false;

    /// <summary>Gets the feature flag; null to leave it out.</summary>
    public ushort? FeatureFlag { get; init; } = 0;

    /// <summary>Gets whether the zeroth video decoder measures.</summary>
    public bool Nvdec0 { get; init; }

    /// <summary>Gets the ids of switches; none are left out.</summary>
    public IReadOnlyList<ulong> SwitchIds { get; init; } = [];

    /// <summary>Gets the measurements that are not the default ones, by the index of reference values, from 0.</summary>
    public IReadOnlyDictionary<int, ByteString> Measurements { get; init; } = new Dictionary<int, ByteString>();

    /// <summary>Gets the number of measurements.</summary>
    public int Count { get; init; } = 64;

    /// <summary>Returns the default measurement of an index of reference values.</summary>
    public static ByteString Measurement(int index) => new(SHA384.HashData([(byte)index]));

    internal byte[] ToBytes(SoftwareDevice device)
    {
        byte[] opaque = Opaque(device);
        using var report = new MemoryStream();
        report.Write([0x11, 0xE0, 0x01, 0xFF]);
        report.Write(Nonce.Span);
        report.Write([0, 0x11, 0x60, 0, 0, (byte)Count]);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, 55 * Count);
        report.Write(length[..3]);
        for (int index = 0; index < Count; index++)
        {
            report.Write([(byte)(index + 1), 1, 51, 0, 1, 48, 0]);
            report.Write((Measurements.GetValueOrDefault(index) ?? Measurement(index)).Span);
        }

        report.Write(new byte[32]);
        BinaryPrimitives.WriteInt32LittleEndian(length, opaque.Length);
        report.Write(length[..2]);
        report.Write(opaque);
        return report.ToArray();
    }

    private byte[] Opaque(SoftwareDevice device)
    {
        var fields = new List<byte>();
        if (device.Chip == "LS_10")
        {
            Add(fields, 6, Encoding.ASCII.GetBytes(VbiosVersion));
        }
        else
        {
            Add(fields, 6, GpuVersion());
            Add(fields, 3, DriverVersion is { } driver ? [.. Encoding.ASCII.GetBytes(driver), 0] : null);
            Add(fields, 20, (FirmwareId ?? device.FirmwareId) is { Length: > 0 } firmware ? firmware.ToArray() : null);
            Add(fields, 21, ProtectedPcie is { } isProtected ? Switch(isProtected) : null);
            Add(fields, 36, FeatureFlag is { } flag ? BitConverter.GetBytes(flag) : null);
        }

        Add(fields, 11, Switch(Nvdec0));
        Add(fields, 22, SwitchIds.Count > 0 ? [.. SwitchIds.SelectMany(BitConverter.GetBytes)] : null);
        Add(fields, 26, new byte[128]);
        return [.. fields];
    }

    private static byte[] Switch(bool isOn) => [isOn ? (byte)0xAA : (byte)0x55];

    private static void Add(List<byte> fields, ushort type, byte[]? value)
    {
        if (value is not null)
        {
            fields.AddRange(BitConverter.GetBytes(type));
            fields.AddRange(BitConverter.GetBytes((ushort)value.Length));
            fields.AddRange(value);
        }
    }

    private byte[] GpuVersion()
    {
        byte[] parts = [.. VbiosVersion.Split('.').Select(part => Convert.ToByte(part, 16))];
        return [parts[3], parts[2], parts[1], parts[0], parts[4], 0, 0, 0];
    }
}
