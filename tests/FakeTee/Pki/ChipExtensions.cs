using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Pki;

/// <summary>The extensions of a VCEK (AMD publication 57230): product, the parts of the TCB as DER integers, and the raw hardware id.</summary>
internal static class ChipExtensions
{
    private const string Arc = "1.3.6.1.4.1.3704.1.";

    public static void Add(CertificateRequest request, SnpProduct product, SnpTcb tcb, ReadOnlySpan<byte> hardwareId)
    {
        Add(request, "1", Number(0));
        Add(request, "2", Name(product == SnpProduct.Milan ? "Milan-B0" : product.ToString()));
        Add(request, "3.1", Number(tcb.Bootloader));
        Add(request, "3.2", Number(tcb.Tee));
        Add(request, "3.3", Number(tcb.Snp));
        foreach (string spare in (ReadOnlySpan<string>)(product == SnpProduct.Turin ? ["3.5", "3.6", "3.7"] : ["3.4", "3.5", "3.6", "3.7"]))
        {
            Add(request, spare, Number(0));
        }

        Add(request, "3.8", Number(tcb.Microcode));
        if (product == SnpProduct.Turin)
        {
            Add(request, "3.9", Number(tcb.Fmc));
        }

        Add(request, "4", hardwareId.ToArray());
    }

    private static void Add(CertificateRequest request, string tail, byte[] value) =>
        request.CertificateExtensions.Add(new X509Extension(Arc + tail, value, critical: false));

    private static byte[] Number(int value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(value);
        return writer.Encode();
    }

    private static byte[] Name(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, value);
        return writer.Encode();
    }
}
