using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Pki;

/// <summary>The extensions of a VCEK (AMD publication 57230): product, the parts of the TCB as DER integers, and the raw hardware id.</summary>
internal static class ChipExtensions
{
    private const string Arc = "1.3.6.1.4.1.3704.1.";

    public static void Add(CertificateRequest request, SnpProduct product, SnpTcb tcb, ReadOnlySpan<byte> hardwareId, ChipShape shape)
    {
        var all = new List<(string Tail, byte[] Value)>
        {
            ("1", Number(0)),
            ("2", Name(shape.ProductName ?? (product == SnpProduct.Milan ? "Milan-B0" : product.ToString()))),
            ("3.1", Number(tcb.Bootloader)),
            ("3.2", Number(tcb.Tee)),
            ("3.3", Number(tcb.Snp)),
        };
        all.AddRange(((string[])(product == SnpProduct.Turin ? ["3.5", "3.6", "3.7"] : ["3.4", "3.5", "3.6", "3.7"])).Select(spare => (spare, Number(0))));
        all.Add(("3.8", Number(tcb.Microcode)));
        if (product == SnpProduct.Turin)
        {
            all.Add(("3.9", Number(tcb.Fmc)));
        }

        all.Add(("4", shape.WrapsHardwareId ? Octets(hardwareId) : hardwareId.ToArray()));
        if (shape.Provider is { } provider)
        {
            all.Add(("5", Name(provider)));
        }

        foreach ((string tail, byte[] value) in all.Where(extension => !shape.Without.Contains(extension.Tail)))
        {
            Add(request, tail, value);
        }
    }

    private static void Add(CertificateRequest request, string tail, byte[] value) =>
        request.CertificateExtensions.Add(new X509Extension(Arc + tail, value, critical: false));

    private static byte[] Number(int value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(value);
        return writer.Encode();
    }

    private static byte[] Octets(ReadOnlySpan<byte> value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteOctetString(value);
        return writer.Encode();
    }

    private static byte[] Name(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, value);
        return writer.Encode();
    }
}
