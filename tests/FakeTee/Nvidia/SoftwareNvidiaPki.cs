using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>A development stand-in for NVIDIA's certificates: one root for devices and for reference values.</summary>
public sealed class SoftwareNvidiaPki
{
    private const string CompositeOid = "2.23.133.5.4.1";
    private const string TcbInfoOid = "2.23.133.5.4.1.1";
    private const string Sha384Oid = "2.16.840.1.101.3.4.2.2";

    private readonly SoftwareAuthority _identity;
    private readonly SoftwareAuthority _referenceValues;

    private SoftwareNvidiaPki(SoftwareAuthority root)
    {
        Root = root;
        _identity = root.Issue("NVIDIA GH100 Identity");
        _referenceValues = root.Issue("NVIDIA Reference Value GH100 CA");
    }

    /// <summary>Gets the root.</summary>
    public SoftwareAuthority Root { get; }

    /// <summary>Gets the root as PEM: what a verifier is configured with as a development root.</summary>
    public string RootPem => Root.Pem;

    /// <summary>Makes a new set of keys.</summary>
    public static SoftwareNvidiaPki Create() => new(SoftwareAuthority.MakeRoot("NVIDIA Device Identity CA"));

    /// <summary>Makes a device.</summary>
    /// <param name="chip">What the device's own certificates name: GH100, GB100, LS_10.</param>
    /// <param name="provisionedAs">What its issuer names; null for the same.</param>
    /// <param name="notAfter">The end of the leaf; null for never.</param>
    /// <param name="isShort">Whether a level is left out.</param>
    public SoftwareDevice MakeDevice(string chip = "GH100", string? provisionedAs = null, DateTimeOffset? notAfter = null, bool isShort = false)
    {
        SoftwareAuthority provisioner = _identity.Issue($"NVIDIA {provisionedAs ?? chip} Provisioner ICA 1");
        SoftwareAuthority bootRom = isShort ? provisioner : provisioner.Issue($"{chip} A01 GSP BROM");
        byte[] firmware = System.Security.Cryptography.RandomNumberGenerator.GetBytes(48);
        X509Extension extension = chip.StartsWith("GB", StringComparison.Ordinal) ? TcbInfo(firmware) : Composite(firmware, bootRom.Certificate);
        SoftwareAuthority leaf = bootRom.Issue($"{chip} A01 GSP FMC LF", false, null, notAfter, extension);
        SoftwareAuthority[] chain = isShort ? [leaf, provisioner, _identity, Root] : [leaf, bootRom, provisioner, _identity, Root];
        return new SoftwareDevice(chain, chip, new ByteString(firmware));
    }

    /// <summary>Makes a signer of reference values.</summary>
    public SoftwareRimSigner MakeRimSigner(DateTimeOffset? notAfter = null)
    {
        SoftwareAuthority third = _referenceValues.Issue("NVIDIA Reference Value L3 GH100 001");
        return new SoftwareRimSigner([third.Issue("HCS RIM L4 Signer", false, null, notAfter), third, _referenceValues, Root]);
    }

    private static X509Extension Composite(byte[] firmware, X509Certificate2 any)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteEncodedValue(any.PublicKey.ExportSubjectPublicKeyInfo());
            WriteDigest(writer, firmware);
        }

        return new X509Extension(CompositeOid, writer.Encode(), false);
    }

    private static X509Extension TcbInfo(byte[] firmware)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, "NVIDIA", new Asn1Tag(TagClass.ContextSpecific, 0));
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 6)))
            {
                WriteDigest(writer, firmware);
                WriteDigest(writer, new byte[48]);
            }
        }

        return new X509Extension(TcbInfoOid, writer.Encode(), false);
    }

    private static void WriteDigest(AsnWriter writer, byte[] digest)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Sha384Oid);
            writer.WriteOctetString(digest);
        }
    }
}
