using System.Buffers.Binary;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>
/// The table in which a host hands certificates to an SEV-SNP guest (GHCB specification, table "Certificate Data"): entries of a GUID, an offset and a
/// length, ended by an entry of zeros. The host is not trusted, so a table that does not hold together counts as no table.
/// </summary>
internal static class CertificateTable
{
    private const int EntrySize = 24;
    private const int MostEntries = 8;
    private const int LongestCertificate = 16 * 1024;

    private static readonly Dictionary<Guid, string> s_names = new()
    {
        [Guid.Parse("63da758d-e664-4564-adc5-f4b93be8accd")] = "VCEK",
        [Guid.Parse("a8074bc2-a25a-483e-aae6-39c045a0b8a1")] = "VLEK",
        [Guid.Parse("4ab7b379-bbac-4fe4-a02f-05aef327c782")] = "ASK",
        [Guid.Parse("c0b406a4-a803-4952-9743-3fb6014cd0ae")] = "ARK",
    };

    public static IReadOnlyList<SnpCertificate> Read(ReadOnlySpan<byte> table)
    {
        var certificates = new List<SnpCertificate>();
        for (int at = 0; at + EntrySize <= table.Length; at += EntrySize)
        {
            var kind = new Guid(table.Slice(at, 16), bigEndian: true);
            if (kind == Guid.Empty)
            {
                return certificates;
            }

            uint offset = BinaryPrimitives.ReadUInt32LittleEndian(table[(at + 16)..]);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(table[(at + 20)..]);
            if (length == 0 || length > LongestCertificate || (ulong)offset + length > (ulong)table.Length || certificates.Count == MostEntries)
            {
                return [];
            }

            if (s_names.TryGetValue(kind, out string? name))
            {
                certificates.Add(new SnpCertificate(name, new ByteString(table.Slice((int)offset, (int)length))));
            }
        }

        return [];
    }
}
