using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>A certificate revocation list (RFC 5280, section 5): which certificates a root has taken back.</summary>
internal sealed class RevocationList
{
    /// <summary>The most bytes of a list.</summary>
    public const int Longest = 256 * 1024;

    private readonly SignedPart _signed;
    private readonly HashSet<ByteString> _serials;

    private RevocationList(SignedPart signed, ByteString issuer, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, HashSet<ByteString> serials)
    {
        _signed = signed;
        _serials = serials;
        Issuer = issuer;
        ThisUpdate = thisUpdate;
        NextUpdate = nextUpdate;
    }

    public ByteString Issuer { get; }

    public DateTimeOffset ThisUpdate { get; }

    public DateTimeOffset NextUpdate { get; }

    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out RevocationList? list)
    {
        list = null;
        if (der.Length > Longest)
        {
            return false;
        }

        try
        {
            list = Read(der);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    public bool IsFrom(Certificate root, SignatureScheme scheme) => Issuer == root.Subject && _signed.IsSignedBy(root, scheme);

    public bool IsCurrentAt(DateTimeOffset time) => ThisUpdate <= time && time <= NextUpdate;

    public bool Revokes(Certificate certificate) => Names(certificate.Serial);

    public bool Names(ByteString serial) => _serials.Contains(serial);

    private static RevocationList Read(ReadOnlyMemory<byte> der)
    {
        SignedPart signed = SignedPart.Read(new ByteString(der.Span));
        AsnReader body = new AsnReader(signed.Content, AsnEncodingRules.DER).ReadSequence();
        if (!body.TryReadInt32(out int version) || version != 1)
        {
            throw new AsnContentException("The version is not 2.");
        }

        signed.RequireAlgorithm(body.ReadEncodedValue());
        ByteString issuer = new(body.ReadEncodedValue().Span);
        DateTimeOffset thisUpdate = DerTime.Read(body);
        DateTimeOffset nextUpdate = DerTime.Read(body);
        HashSet<ByteString> serials = body.HasData && body.PeekTag() == Asn1Tag.Sequence ? ReadSerials(body.ReadSequence()) : [];
        if (body.HasData)
        {
            RequireKnown(Extension.ReadAll(body.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence()));
        }

        body.ThrowIfNotEmpty();
        return new RevocationList(signed, issuer, thisUpdate, nextUpdate, serials);
    }

    private static HashSet<ByteString> ReadSerials(AsnReader list)
    {
        var serials = new HashSet<ByteString>();
        while (list.HasData)
        {
            AsnReader entry = list.ReadSequence();
            serials.Add(new ByteString(entry.ReadIntegerBytes().Span));
            DerTime.Read(entry);
            if (entry.HasData)
            {
                // An entry that speaks of another issuer's certificates is marked critical.
                RequireKnown(Extension.ReadAll(entry.ReadSequence()));
            }
        }

        return serials;
    }

    /// <summary>A critical extension narrows what the list is about (a part, a difference): such a list is no answer here.</summary>
    private static void RequireKnown(IReadOnlyDictionary<string, Extension> extensions)
    {
        if (extensions.Values.Any(extension => extension.Critical))
        {
            throw new AsnContentException("A critical extension is not known.");
        }
    }
}
