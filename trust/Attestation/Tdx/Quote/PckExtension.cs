using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

// Intel SGX PCK certificate, extension 1.2.840.113741.1.13.1: a sequence of (object identifier, value).
//   .1   PPID, 16 bytes             .5  SGX type: 0 standard, 1 scalable, 2 scalable with integrity
//   .2   TCB: .1 to .16 SVN of a component, .17 PCESVN, .18 CPUSVN, 16 bytes
//   .3   PCE id, 2 bytes            .6  platform instance id, 16 bytes; in certificates of platforms
//   .4   FMSPC, 6 bytes             .7  configuration: .1 dynamic platform, .2 cached keys, .3 SMT

/// <summary>What Intel says in a PCK certificate about the platform.</summary>
internal sealed class PckExtension
{
    public const int Components = 16;

    private const string Oid = "1.2.840.113741.1.13.1";
    private const string Arc = Oid + ".";
    private const string TcbArc = Arc + "2.";

    private readonly byte[] _components = new byte[Components];
    private int _present;

    private PckExtension()
    {
    }

    public ByteString Ppid { get; private set; } = ByteString.Empty;

    public ByteString PceId { get; private set; } = ByteString.Empty;

    public ByteString Fmspc { get; private set; } = ByteString.Empty;

    public ByteString CpuSvn { get; private set; } = ByteString.Empty;

    public int PceSvn { get; private set; } = -1;

    public int SgxType { get; private set; } = -1;

    /// <summary>Gets the platform's id; null in a certificate of a single processor.</summary>
    public ByteString? PlatformInstance { get; private set; }

    /// <summary>Gets the flags of the configuration that are set, by Intel's names.</summary>
    public IReadOnlyList<string> Configuration { get; private set; } = [];

    /// <summary>Gets the security versions of the components.</summary>
    public ReadOnlySpan<byte> Tcb => _components;

    /// <summary>Reads the extension of a certificate; every part that a verifier needs must be there once.</summary>
    public static bool TryRead(Certificate certificate, [NotNullWhen(true)] out PckExtension? extension)
    {
        extension = null;
        if (!certificate.Extensions.TryGetValue(Oid, out Extension? found))
        {
            return false;
        }

        try
        {
            var read = new PckExtension();
            var whole = new AsnReader(found.Value.Memory, AsnEncodingRules.DER);
            ForEach(whole.ReadSequence(), read.Read);
            whole.ThrowIfNotEmpty();
            extension = read.IsWhole ? read : null;
        }
        catch (AsnContentException)
        {
            return false;
        }

        return extension is not null;
    }

    private bool IsWhole => Ppid.Length == 16 && PceId.Length == 2 && Fmspc.Length == 6 && CpuSvn.Length == 16 && PceSvn >= 0 && SgxType >= 0
        && _present == (1 << Components) - 1 && PlatformInstance is null or { Length: 16 };

    private static void ForEach(AsnReader list, Action<string, AsnReader> read)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (list.HasData)
        {
            AsnReader entry = list.ReadSequence();
            string oid = entry.ReadObjectIdentifier();
            if (!seen.Add(oid))
            {
                throw new AsnContentException("A part stands twice.");
            }

            read(oid, entry);
            entry.ThrowIfNotEmpty();
        }
    }

    private void Read(string oid, AsnReader value)
    {
        switch (oid)
        {
            case Arc + "1":
                Ppid = Bytes(value);
                break;
            case Arc + "2":
                ForEach(value.ReadSequence(), ReadTcb);
                break;
            case Arc + "3":
                PceId = Bytes(value);
                break;
            case Arc + "4":
                Fmspc = Bytes(value);
                break;
            case Arc + "5":
                ReadOnlySpan<byte> type = value.ReadEnumeratedBytes().Span;
                SgxType = type.Length == 1 ? type[0] : -1;
                break;
            case Arc + "6":
                PlatformInstance = Bytes(value);
                break;
            case Arc + "7":
                ReadConfiguration(value.ReadSequence());
                break;
            default:
                value.ReadEncodedValue();
                break;
        }
    }

    private void ReadTcb(string oid, AsnReader value)
    {
        if (oid == TcbArc + "18")
        {
            CpuSvn = Bytes(value);
        }
        else if (!value.TryReadInt32(out int number) || number < 0)
        {
            throw new AsnContentException("A version is not a number.");
        }
        else if (oid == TcbArc + "17")
        {
            PceSvn = number <= ushort.MaxValue ? number : -1;
        }
        else if (oid.StartsWith(TcbArc, StringComparison.Ordinal) && int.TryParse(oid.AsSpan(TcbArc.Length), out int component)
            && component is >= 1 and <= Components && number <= byte.MaxValue)
        {
            _components[component - 1] = (byte)number;
            _present |= 1 << (component - 1);
        }
    }

    private void ReadConfiguration(AsnReader list)
    {
        var flags = new List<string>();
        ForEach(list, (oid, value) =>
        {
            if (value.ReadBoolean())
            {
                flags.Add(oid switch { Arc + "7.1" => "dynamicPlatform", Arc + "7.2" => "cachedKeys", Arc + "7.3" => "smtEnabled", _ => oid });
            }
        });
        Configuration = flags;
    }

    private static ByteString Bytes(AsnReader value) => new(value.ReadOctetString());
}
