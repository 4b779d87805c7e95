using System.Formats.Asn1;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

// Versioned Chip Endorsement Key certificate (AMD publication 57230), extensions below 1.3.6.1.4.1.3704.1:
//   .1    version of this structure
//   .2    product name, IA5String: "Milan-B0", "Genoa", "Turin"; a VLEK says "Milan"
//   .3.1  bootloader   .3.2 TEE   .3.3 SNP   .3.8 microcode   .3.9 FMC (Turin)   .3.4 to .3.7 spare; each an INTEGER
//   .4    hardware id: 64 bytes, 8 on Turin; raw, or in an OCTET STRING; none in a VLEK
//   .5    provider, IA5String, in a VLEK

/// <summary>What AMD says in a VCEK or VLEK certificate about the key: product, TCB, chip, provider. What it does not say, or says wrongly, is null.</summary>
internal sealed class SnpChipCertificate
{
    private const string Arc = "1.3.6.1.4.1.3704.1.";
    private const string ProductOid = Arc + "2";
    private const string HardwareIdOid = Arc + "4";
    private const string ProviderOid = Arc + "5";

    /// <summary>The extension that says what stands at each of the TCB's eight bytes. Before Turin, and on Turin; spare parts may be missing.</summary>
    private static readonly Part[] s_parts =
        [new("3.1"), new("3.2"), new("3.4", true), new("3.5", true), new("3.6", true), new("3.7", true), new("3.3"), new("3.8")];
    private static readonly Part[] s_turinParts =
        [new("3.9"), new("3.1"), new("3.2"), new("3.3"), new("3.5", true), new("3.6", true), new("3.7", true), new("3.8")];

    public SnpChipCertificate(Certificate certificate)
    {
        Kind = KindOf(certificate.CommonName);
        ProductName = Read(certificate, ProductOid, reader => reader.ReadCharacterString(UniversalTagNumber.IA5String));
        Product = ProductOf(ProductName);
        Tcb = Product is { } product ? TcbOf(certificate, product) : null;
        HardwareId = HardwareIdOf(certificate);
        Provider = Read(certificate, ProviderOid, reader => reader.ReadCharacterString(UniversalTagNumber.IA5String));
    }

    /// <summary>Gets the kind that the certificate's subject names.</summary>
    public SnpSigningKey Kind { get; }

    public string? ProductName { get; }

    public SnpProduct? Product { get; }

    /// <summary>Gets the TCB in the form of a report's eight bytes; null when a part of it is missing or is no number from 0 to 255.</summary>
    public ByteString? Tcb { get; }

    /// <summary>Gets the chip's id; null when there is none, as in a VLEK, which is for many chips.</summary>
    public ByteString? HardwareId { get; }

    /// <summary>Gets the provider whose chips have the key; null in a VCEK.</summary>
    public string? Provider { get; }

    /// <summary>Returns which kind of key a common name of AMD's hierarchy stands for, for chips and for intermediates.</summary>
    public static SnpSigningKey KindOf(string commonName) =>
        commonName.StartsWith("SEV-VLEK", StringComparison.Ordinal) ? SnpSigningKey.Vlek
        : commonName.StartsWith("SEV-", StringComparison.Ordinal) ? SnpSigningKey.Vcek : SnpSigningKey.None;

    /// <summary>A VCEK's name has a stepping behind a dash.</summary>
    private static SnpProduct? ProductOf(string? name) => name?.Split('-')[0] switch
    {
        "Milan" => SnpProduct.Milan,
        "Genoa" => SnpProduct.Genoa,
        "Turin" => SnpProduct.Turin,
        _ => null,
    };

    private static ByteString? TcbOf(Certificate certificate, SnpProduct product)
    {
        Part[] parts = product == SnpProduct.Turin ? s_turinParts : s_parts;
        Span<byte> tcb = stackalloc byte[SnpTcb.Size];
        for (int at = 0; at < parts.Length; at++)
        {
            if (parts[at].IsSpare && !certificate.Extensions.ContainsKey(parts[at].Oid))
            {
                continue;
            }

            int? part = Read(certificate, parts[at].Oid, reader => reader.TryReadInt32(out int number) ? number : (int?)null);
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

        return extension.Value.Length is SnpReport.ChipIdSize or SnpReport.TurinChipIdSize ? extension.Value
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

    private sealed class Part(string tail, bool isSpare = false)
    {
        public string Oid { get; } = Arc + tail;

        public bool IsSpare { get; } = isSpare;
    }
}
