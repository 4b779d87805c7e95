using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>What a PCK certificate says: what a test wants it to say.</summary>
public sealed record SoftwarePck
{
    private const string Arc = "1.2.840.113741.1.13.1";

    /// <summary>Gets the common name.</summary>
    public string Name { get; init; } = "Intel SGX PCK Certificate";

    /// <summary>Gets the end of its validity; null for that of the hierarchy.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Gets whether the root itself issues it, which Intel's does not.</summary>
    public bool IsIssuedByRoot { get; init; }

    /// <summary>Gets whether it has Intel's extension.</summary>
    public bool HasExtension { get; init; } = true;

    /// <summary>Gets FMSPC.</summary>
    public string Fmspc { get; init; } = "90C06F000000";

    /// <summary>Gets the PCE id.</summary>
    public string PceId { get; init; } = "0000";

    /// <summary>Gets the security versions of the components.</summary>
    public IReadOnlyList<byte> Components { get; init; } = [4, 4, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Gets PCESVN.</summary>
    public int PceSvn { get; init; } = 13;

    /// <summary>Gets the id of the platform.</summary>
    public string PlatformInstance { get; init; } = "056d0350250988808a9d09103f3e54d5";

    internal void AddTo(CertificateRequest request)
    {
        if (HasExtension)
        {
            request.CertificateExtensions.Add(new X509Extension(Arc, Encode(), critical: false));
        }
    }

    private byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Entry(writer, ".1", () => writer.WriteOctetString(new byte[16]));
            Entry(writer, ".2", () => WriteTcb(writer));
            Entry(writer, ".3", () => writer.WriteOctetString(Convert.FromHexString(PceId)));
            Entry(writer, ".4", () => writer.WriteOctetString(Convert.FromHexString(Fmspc)));
            Entry(writer, ".5", () => writer.WriteEncodedValue([0x0A, 0x01, 0x01]));
            Entry(writer, ".6", () => writer.WriteOctetString(Convert.FromHexString(PlatformInstance)));
        }

        return writer.Encode();
    }

    private void WriteTcb(AsnWriter writer)
    {
        using AsnWriter.Scope scope = writer.PushSequence();
        for (int component = 0; component < Components.Count; component++)
        {
            byte svn = Components[component];
            Entry(writer, $".2.{component + 1}", () => writer.WriteInteger(svn));
        }

        Entry(writer, ".2.17", () => writer.WriteInteger(PceSvn));
        Entry(writer, ".2.18", () => writer.WriteOctetString([.. Components]));
    }

    private static void Entry(AsnWriter writer, string tail, Action write)
    {
        using AsnWriter.Scope scope = writer.PushSequence();
        writer.WriteObjectIdentifier(Arc + tail);
        write();
    }
}
