using System.Formats.Asn1;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>An extension of a certificate or of a revocation list.</summary>
internal sealed record Extension(bool Critical, ByteString Value)
{
    /// <summary>Reads all extensions by object identifier; the same one twice is a fault, since two readers could take different ones.</summary>
    public static IReadOnlyDictionary<string, Extension> ReadAll(AsnReader list)
    {
        var extensions = new Dictionary<string, Extension>(StringComparer.Ordinal);
        while (list.HasData)
        {
            AsnReader entry = list.ReadSequence();
            string oid = entry.ReadObjectIdentifier();
            bool critical = entry.PeekTag() == Asn1Tag.Boolean && entry.ReadBoolean();
            if (!extensions.TryAdd(oid, new Extension(critical, new ByteString(entry.ReadOctetString()))))
            {
                throw new AsnContentException("An extension stands twice.");
            }

            entry.ThrowIfNotEmpty();
        }

        return extensions;
    }
}
