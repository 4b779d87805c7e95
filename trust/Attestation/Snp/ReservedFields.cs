using System.Buffers.Binary;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>The parts of a report that a version does not use. A value that is not known is not passed over.</summary>
internal static class ReservedFields
{
    /// <summary>
    /// AMD never published version 4; the version after it has the mitigation vectors at 0x1F8, and there are machines that fill the place in version 4, so
    /// it is not judged there and not used.
    /// </summary>
    private static readonly (string Name, int Offset, int Size, uint UntilVersion)[] s_reserved =
    [
        ("0x04C", 0x04C, 4, uint.MaxValue),
        ("0x188, the place of CPUID", 0x188, 3, 3),
        ("0x18B", 0x18B, 21, uint.MaxValue),
        ("0x1EB", 0x1EB, 1, uint.MaxValue),
        ("0x1EF", 0x1EF, 1, uint.MaxValue),
        ("0x1F8, the place of the mitigation vectors", 0x1F8, 16, 4),
        ("0x208", 0x208, 152, uint.MaxValue),
        ("0x330", 0x330, 368, uint.MaxValue),
    ];

    /// <summary>Returns what is wrong, or null.</summary>
    public static string? FirstFault(SnpReport report)
    {
        ReadOnlySpan<byte> raw = report.Raw;
        foreach ((string name, int offset, int size, uint untilVersion) in s_reserved)
        {
            if (report.Version < untilVersion && raw.Slice(offset, size).ContainsAnyExcept((byte)0))
            {
                return $"the reserved bytes at {name} are not zero";
            }
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(raw[0x048..]) >> 5 != 0 ? "the reserved bits of KEY_INFO are not zero" : null;
    }
}
