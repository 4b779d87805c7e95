namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>The checksum of ITU-T V.42, which an enclave image has; it finds broken files and proves nothing.</summary>
internal static class Crc32
{
    private static readonly uint[] s_table = [.. Enumerable.Range(0, 256).Select(value => Enumerable.Range(0, 8)
        .Aggregate((uint)value, (rest, _) => (rest & 1) != 0 ? (rest >> 1) ^ 0xEDB8_8320 : rest >> 1))];

    public static uint Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Append(Append(uint.MaxValue, first), second);

    private static uint Append(uint value, ReadOnlySpan<byte> bytes)
    {
        foreach (byte next in bytes)
        {
            value = s_table[(byte)((value ^ next) & 0xff)] ^ (value >> 8);
        }

        return value;
    }
}
