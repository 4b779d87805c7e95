using System.Formats.Asn1;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>Reads the one part of a name that says something: the common name.</summary>
internal static class DistinguishedName
{
    private const string CommonNameOid = "2.5.4.3";

    private static Asn1Tag Printable => new(UniversalTagNumber.PrintableString);

    /// <summary>Returns the common name; empty when there is none, more than one, or one that is not text.</summary>
    public static string CommonName(ByteString name)
    {
        try
        {
            return Read(new AsnReader(name.Memory, AsnEncodingRules.DER).ReadSequence());
        }
        catch (AsnContentException)
        {
            return "";
        }
    }

    private static string Read(AsnReader name)
    {
        var found = new List<string>();
        while (name.HasData)
        {
            AsnReader parts = name.ReadSetOf();
            while (parts.HasData)
            {
                AsnReader part = parts.ReadSequence();
                if (part.ReadObjectIdentifier() == CommonNameOid)
                {
                    found.Add(part.ReadCharacterString(part.PeekTag().HasSameClassAndValue(Printable) ? UniversalTagNumber.PrintableString : UniversalTagNumber.UTF8String));
                }
            }
        }

        return found.Count == 1 ? found[0] : "";
    }
}
