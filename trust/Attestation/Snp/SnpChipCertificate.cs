using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

// Versioned Chip Endorsement Key certificate (AMD publication 57230), extensions below 1.3.6.1.4.1.3704.1:
//   .2    product name, IA5String: "Milan-B0", "Genoa", "Turin"; a VLEK says "Milan"
//   .3.1  bootloader   .3.2 TEE   .3.3 SNP   .3.8 microcode   .3.9 FMC (Turin)   .3.4 to .3.7 spare; each an INTEGER
//   .4    hardware id: 64 bytes, 8 on Turin; raw, or in an OCTET STRING
//   .5    provider, in a VLEK

/// <summary>What AMD says in a VCEK or VLEK certificate about the key: product, TCB, chip.</summary>
internal sealed class SnpChipCertificate
{
    private const string Arc = "1.3.6.1.4.1.3704.1.";
    private const string HardwareIdOid = Arc + "4";

    /// <summary>The places of the TCB's eight bytes: for each the extension that says what stands there. Before Turin, and on Turin.</summary>
    private static readonly string[] s_places = ["1", "2", "4", "5", "6", "7", "3", "8"];
    private static readonly string[] s_turinPlaces = ["9", "1", "2", "3", "5", "6", "7", "8"];

    private SnpChipCertificate(Certificate certificate) => Certificate = certificate;

    public Certificate Certificate { get; }

    public required SnpSigningKey Kind { get; init; }

    public required SnpProduct Product { get; init; }

    /// <summary>Gets the TCB in the form of a report's eight bytes; null when a part of it is missing or is no number from 0 to 255.</summary>
    public required ByteString? Tcb { get; init; }

    /// <summary>Gets the chip's id; null when there is none, as in a VLEK, which is for many chips.</summary>
    public required ByteString? HardwareId { get; init; }

    /// <summary>Returns which kind of key a common name of AMD's hierarchy stands for, for chips and for intermediates.</summary>
    public static SnpSigningKey KindOf(string commonName) =>
        commonName.StartsWith("SEV-VLEK", StringComparison.Ordinal) ? SnpSigningKey.Vlek
        : commonName.StartsWith("SEV-", StringComparison.Ordinal) ? SnpSigningKey.Vcek : SnpSigningKey.None;

    public static bool TryRead(Certificate certificate, [NotNullWhen(true)] out SnpChipCertificate? chip, [NotNullWhen(false)] out Refusal? refusal)
    {
        chip = null;
        SnpSigningKey kind = KindOf(certificate.CommonName);
        if (!TryName(certificate, out SnpProduct product))
        {
            refusal = new(RefusalReason.ProductUnknown, "The chip's certificate names no product that is known (Milan, Genoa, Turin).");
            return false;
        }

        refusal = null;
        chip = new(certificate) { Kind = kind, Product = product, Tcb = TcbOf(certificate, product), HardwareId = HardwareIdOf(certificate) };
        return true;
    }

    private static bool TryName(Certificate certificate, out SnpProduct product)
    {
        product = default;
        string name = Read(certificate, Arc + "2", reader => reader.ReadCharacterString(UniversalTagNumber.IA5String)) ?? "";
        SnpProduct? found = name.Split('-')[0] switch
        {
            "Milan" => SnpProduct.Milan,
            "Genoa" => SnpProduct.Genoa,
            "Turin" => SnpProduct.Turin,
            _ => null,
        };
        product = found ?? default;
        return found is not null;
    }

    private static ByteString? TcbOf(Certificate certificate, SnpProduct product)
    {
        string[] places = product == SnpProduct.Turin ? s_turinPlaces : s_places;
        byte[] tcb = new byte[SnpTcb.Size];
        for (int at = 0; at < places.Length; at++)
        {
            string oid = Arc + "3." + places[at];
            bool isSpare = places[at] is "4" or "5" or "6" or "7";
            if (isSpare && !certificate.Extensions.ContainsKey(oid))
            {
                continue;
            }

            int? part = Read(certificate, oid, reader => reader.TryReadInt32(out int number) ? number : (int?)null);
            if (part is not (>= 0 and <= byte.MaxValue))
            {
                return null;
            }

            tcb[at] = (byte)part;
        }

        return new ByteString(tcb);
    }

    private static ByteString? HardwareIdOf(Certificate certificate)
    {
        if (!certificate.Extensions.TryGetValue(HardwareIdOid, out Extension? extension))
        {
            return null;
        }

        return extension.Value.Length is 8 or 64 ? extension.Value
            : Read(certificate, HardwareIdOid, reader => new ByteString(reader.ReadOctetString()));
    }

    private static T? Read<T>(Certificate certificate, string oid, Func<AsnReader, T?> read)
    {
        if (!certificate.Extensions.TryGetValue(oid, out Extension? extension))
        {
            return default;
        }

        try
        {
            var reader = new AsnReader(extension.Value.Memory, AsnEncodingRules.DER);
            T? value = read(reader);
            return reader.HasData ? default : value;
        }
        catch (AsnContentException)
        {
            return default;
        }
    }
}
