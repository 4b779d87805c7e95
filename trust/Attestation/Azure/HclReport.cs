using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Azure;

// The report of Azure's paravisor (NV index 0x01400001 of the virtual TPM); numbers little-endian.
//   offset  size  field
//        0     4  signature           HCLA
//        4     4  header version      1 and 2 are seen; nothing differs here
//        8     4  report size         not used: the sizes below say it
//       12     4  request type        2
//       16     4  status              0
//       20    12  reserved
//       32  1184  hardware report     SEV-SNP: the report; TDX: TDREPORT, 1024 bytes
//     1216     4  data size           the rest's, up to the end of the JSON
//     1220     4  data version        1
//     1224     4  report type         2 SEV-SNP, 4 TDX
//     1228     4  hash type           1 SHA-256, 2 SHA-384, 3 SHA-512
//     1232     4  variable data size  the JSON's
//     1236        JSON                keys of the virtual TPM, configuration; its hash is the hardware report's data
// What follows is padding. None of it is signed but by the hash of the JSON.

/// <summary>The paravisor's report, whose layout is sound. Nothing in it is true yet.</summary>
internal sealed class HclReport
{
    /// <summary>The bytes before the JSON.</summary>
    public const int HeaderSize = 1236;

    private const int Longest = 64 * 1024;
    private const int HardwareOffset = 32;
    private const int HardwareSize = 1184;
    private const int DataOffset = HardwareOffset + HardwareSize;
    private const int DataHeaderSize = HeaderSize - DataOffset;
    private const uint AttestationRequest = 2;

    private readonly byte[] _bytes;
    private readonly int _runtimeSize;

    private HclReport(byte[] bytes, int runtimeSize) => (_bytes, _runtimeSize) = (bytes, runtimeSize);

    public HclReportType Type => (HclReportType)Number(_bytes, DataOffset + 8);

    /// <summary>Gets the hardware's report, with padding behind a shorter one.</summary>
    public ReadOnlySpan<byte> Hardware => _bytes.AsSpan(HardwareOffset, HardwareSize);

    /// <summary>Gets the JSON.</summary>
    public ReadOnlyMemory<byte> RuntimeData => _bytes.AsMemory(HeaderSize, _runtimeSize);

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HclReport? report, [NotNullWhen(false)] out Refusal? refusal)
    {
        string? fault = FindFault(bytes);
        refusal = fault is null ? null : new(bytes.Length > Longest ? RefusalReason.TooLarge : RefusalReason.ReportMalformed, $"The report of Azure's paravisor is refused: {fault}.");
        report = refusal is null ? new HclReport(bytes.ToArray(), (int)Number(bytes, DataOffset + 16)) : null;
        return report is not null;
    }

    /// <summary>Returns what the hardware report's data must be: the hash of the JSON, and zeros.</summary>
    public ByteString HashRuntimeData()
    {
        Span<byte> hash = stackalloc byte[ReportBinding.Size];
        hash.Clear();
        _ = Number(_bytes, DataOffset + 12) switch
        {
            1 => SHA256.HashData(RuntimeData.Span, hash),
            2 => SHA384.HashData(RuntimeData.Span, hash),
            _ => SHA512.HashData(RuntimeData.Span, hash),
        };
        return new ByteString(hash);
    }

    private static string? FindFault(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < HeaderSize or > Longest)
        {
            return $"it has {bytes.Length} bytes; expected {HeaderSize} to {Longest}";
        }

        if (!bytes.StartsWith("HCLA"u8))
        {
            return "it does not begin with HCLA";
        }

        (uint version, uint request, uint status) = (Number(bytes, 4), Number(bytes, 12), Number(bytes, 16));
        if (version is not (1 or 2) || request != AttestationRequest || status != 0)
        {
            return $"it is of version {version}, request type {request} and status {status} (offsets 4, 12, 16); expected 1 or 2, 2, and 0";
        }

        return FindFaultOfData(bytes);
    }

    private static string? FindFaultOfData(ReadOnlySpan<byte> bytes)
    {
        (uint size, uint version, uint type) = (Number(bytes, DataOffset), Number(bytes, DataOffset + 4), Number(bytes, DataOffset + 8));
        (uint hash, uint runtime) = (Number(bytes, DataOffset + 12), Number(bytes, DataOffset + 16));
        if (size > bytes.Length - DataOffset || size < DataHeaderSize || runtime > size - DataHeaderSize)
        {
            return $"its sizes at offsets {DataOffset} ({size}) and {DataOffset + 16} ({runtime}) do not fit its {bytes.Length} bytes";
        }

        return version != 1 ? $"its data is of version {version} (offset {DataOffset + 4}); expected 1"
            : !Enum.IsDefined((HclReportType)type) ? $"its report is of type {type} (offset {DataOffset + 8}); expected 2, SEV-SNP, or 4, TDX"
            : hash is < 1 or > 3 ? $"its hash is of type {hash} (offset {DataOffset + 12}); expected 1 to 3" : null;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
}
