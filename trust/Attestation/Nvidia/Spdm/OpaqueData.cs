using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Spdm;

/// <summary>What NVIDIA's devices say besides measurements: fields of a type (2 bytes), a length (2 bytes) and a value, little-endian, each type once.</summary>
internal sealed class OpaqueData
{
    private const int Header = 4;
    private const int GpuVersionSize = 8;
    private const byte Enabled = 0xAA;
    private const byte Disabled = 0x55;

    private readonly ByteString _bytes;
    private readonly Dictionary<int, (int Offset, int Length)> _fields;

    private OpaqueData(ByteString bytes, Dictionary<int, (int Offset, int Length)> fields) => (_bytes, _fields) = (bytes, fields);

    /// <summary>Gets the types that are there.</summary>
    public IEnumerable<int> Types => _fields.Keys;

    public string? DriverVersion => Text(OpaqueField.DriverVersion);

    /// <summary>Gets the version of the VBIOS, of the switch's BIOS: two digits in each of five places.</summary>
    public string? VbiosVersion => Find(OpaqueField.VbiosVersion, out ReadOnlySpan<byte> value) && value.Length == GpuVersionSize
        ? $"{value[3]:X2}.{value[2]:X2}.{value[1]:X2}.{value[0]:X2}.{value[4]:X2}" : Text(OpaqueField.VbiosVersion);

    public string? Project => Text(OpaqueField.Project);

    public string? ProjectSku => Text(OpaqueField.ProjectSku);

    public string? ChipSku => Text(OpaqueField.ChipSku);

    public string? ChipInfo => Text(OpaqueField.ChipInfo);

    public ByteString? BoardId => Value(OpaqueField.BoardId);

    public ByteString? FirmwareId => Value(OpaqueField.FirmwareId);

    public ByteString? SwitchIds => Value(OpaqueField.SwitchIds);

    public int? OpaqueVersion => Number(OpaqueField.OpaqueVersion);

    public int? FeatureFlag => Number(OpaqueField.FeatureFlag);

    /// <summary>Gets whether the zeroth video decoder measures; null when it is not said.</summary>
    public bool? Nvdec0 => Switch(OpaqueField.Nvdec0Status);

    /// <summary>Gets whether PCIe is protected; null when it is not said.</summary>
    public bool? ProtectedPcie => Switch(OpaqueField.ProtectedPcie);

    public static bool TryParse(ByteString bytes, int offset, int length, [NotNullWhen(true)] out OpaqueData? data, [NotNullWhen(false)] out Refusal? refusal)
    {
        data = null;
        refusal = null;
        ReadOnlySpan<byte> opaque = bytes.Span.Slice(offset, length);
        var fields = new Dictionary<int, (int Offset, int Length)>();
        int at = 0;
        while (at < opaque.Length)
        {
            int left = opaque.Length - at - Header;
            int size = left < 0 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(opaque[(at + 2)..]);
            if (left < 0 || size > left || !fields.TryAdd(BinaryPrimitives.ReadUInt16LittleEndian(opaque[at..]), (offset + at + Header, size)))
            {
                refusal = new(RefusalReason.ReportMalformed, $"The device's report is not one of SPDM 1.1 at offset {offset + at}: "
                    + "expected a field of opaque data whose type stands once and whose value ends inside.");
                return false;
            }

            at += Header + size;
        }

        data = new OpaqueData(bytes, fields);
        return true;
    }

    private bool Find(OpaqueField field, out ReadOnlySpan<byte> value)
    {
        bool isThere = _fields.TryGetValue((int)field, out (int Offset, int Length) place);
        value = isThere ? _bytes.Span.Slice(place.Offset, place.Length) : default;
        return isThere;
    }

    private ByteString? Value(OpaqueField field) => Find(field, out ReadOnlySpan<byte> value) ? new ByteString(value) : null;

    /// <summary>A text ends with zero bytes; one with other characters than ASCII's visible ones is none.</summary>
    private string? Text(OpaqueField field) => Find(field, out ReadOnlySpan<byte> value) && value.TrimEnd((byte)0) is { Length: > 0 } text
        && text.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0 ? Encoding.ASCII.GetString(text) : null;

    private int? Number(OpaqueField field) => Find(field, out ReadOnlySpan<byte> value) && value.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(value) : null;

    private bool? Switch(OpaqueField field) => Find(field, out ReadOnlySpan<byte> value) && value.Length == 1
        ? value[0] switch { Enabled => true, Disabled => false, _ => null } : null;
}
