using System.Formats.Asn1;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>
/// The digest of the firmware that a leaf's key belongs to (TCG DICE Attestation Architecture). Hopper and LS10 write a key and one digest; Blackwell writes
/// DiceTcbInfo, whose first digest counts.
/// </summary>
internal static class FirmwareIdExtension
{
    private const string CompositeOid = "2.23.133.5.4.1";
    private const string TcbInfoOid = "2.23.133.5.4.1.1";
    private const string Sha384Oid = "2.16.840.1.101.3.4.2.2";
    private const int Size = 48;
    private const int DigestList = 6;

    /// <summary>Returns the digest; null when there is none that can be read.</summary>
    public static ByteString? Find(Certificate leaf)
    {
        try
        {
            return leaf.Extensions.TryGetValue(CompositeOid, out Extension? composite) ? FromComposite(Open(composite))
                : leaf.Extensions.TryGetValue(TcbInfoOid, out Extension? information) ? FromTcbInfo(Open(information)) : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static AsnReader Open(Extension extension)
    {
        var reader = new AsnReader(extension.Value.Memory, AsnEncodingRules.DER);
        AsnReader content = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return content;
    }

    private static ByteString? FromComposite(AsnReader content)
    {
        content.ReadInteger();
        content.ReadSequence();
        return Digest(content);
    }

    private static ByteString? FromTcbInfo(AsnReader content)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, DigestList);
        while (content.HasData)
        {
            if (content.PeekTag().HasSameClassAndValue(tag))
            {
                return Digest(content.ReadSequence(tag));
            }

            content.ReadEncodedValue();
        }

        return null;
    }

    private static ByteString? Digest(AsnReader list)
    {
        AsnReader entry = list.ReadSequence();
        bool isSha384 = entry.ReadObjectIdentifier() == Sha384Oid;
        byte[] digest = entry.ReadOctetString();
        return isSha384 && digest.Length == Size ? new ByteString(digest) : null;
    }
}
