using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>A basic OCSP response (RFC 6960, 4.2.1), read strictly: DER, no trailing byte, no critical extension that is not known.</summary>
internal sealed class OcspResponse
{
    public const int Longest = 64 * 1024;

    private const string BasicOid = "1.3.6.1.5.5.7.48.1.1";
    private const string NonceOid = "1.3.6.1.5.5.7.48.1.2";
    private const int MostAnswers = 64;
    private const int MostCertificates = 4;
    private const int HoldReason = 6;

    private readonly SignedPart _signed;

    private OcspResponse(SignedPart signed, IReadOnlyList<OcspAnswer> answers, IReadOnlyList<Certificate> certificates)
    {
        _signed = signed;
        Answers = answers;
        Certificates = certificates;
    }

    public IReadOnlyList<OcspAnswer> Answers { get; }

    /// <summary>Gets the certificates of the responder that came with it.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    /// <summary>Gets the SHA-256 of the whole response.</summary>
    public ByteString Hash { get; private set; } = ByteString.Empty;

    /// <summary>Gets the responder's name; null when it is named by its key.</summary>
    public ByteString? ResponderName { get; private init; }

    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out OcspResponse? response)
    {
        response = null;
        if (der.Length > Longest)
        {
            return false;
        }

        try
        {
            response = Read(der.ToArray());
            response.Hash = ByteString.Sha256(der.Span);
        }
        catch (AsnContentException)
        {
            return false;
        }

        return response is not null;
    }

    public bool IsSignedBy(Certificate signer) => _signed.IsSignedBy(signer, SignatureScheme.EcdsaP384Sha384);

    private static OcspResponse Read(ReadOnlyMemory<byte> der)
    {
        var whole = new AsnReader(der, AsnEncodingRules.DER);
        AsnReader outer = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        if (outer.ReadEnumeratedBytes().Span is not [0])
        {
            throw new AsnContentException("The responder did not answer.");
        }

        AsnReader bytes = Explicit(outer, 0).ReadSequence();
        outer.ThrowIfNotEmpty();
        if (bytes.ReadObjectIdentifier() != BasicOid)
        {
            throw new AsnContentException("The response is not a basic one.");
        }

        var basic = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER);
        bytes.ThrowIfNotEmpty();
        AsnReader parts = basic.ReadSequence();
        basic.ThrowIfNotEmpty();
        var again = new AsnWriter(AsnEncodingRules.DER);
        using (again.PushSequence())
        {
            for (int part = 0; part < 3; part++)
            {
                again.WriteEncodedValue(parts.ReadEncodedValue().Span);
            }
        }

        var signed = SignedPart.Read(again.Encode());
        List<Certificate> certificates = parts.HasData ? ReadCertificates(Explicit(parts, 0).ReadSequence()) : [];
        parts.ThrowIfNotEmpty();
        return ReadData(new AsnReader(signed.Content, AsnEncodingRules.DER).ReadSequence(), signed, certificates);
    }

    private static List<Certificate> ReadCertificates(AsnReader list)
    {
        var certificates = new List<Certificate>();
        while (list.HasData)
        {
            certificates.Add(certificates.Count < MostCertificates && Certificate.TryParse(list.ReadEncodedValue(), out Certificate? certificate) ? certificate
                : throw new AsnContentException("A responder's certificate cannot be read, or there are too many."));
        }

        return certificates;
    }

    private static OcspResponse ReadData(AsnReader data, SignedPart signed, IReadOnlyList<Certificate> certificates)
    {
        Asn1Tag tag = data.PeekTag();
        bool byName = tag.HasSameClassAndValue(Context(1));
        AsnReader responder = byName || tag.HasSameClassAndValue(Context(2)) ? Explicit(data, tag.TagValue) : throw new AsnContentException("The responder is not named, or the version is not 1.");
        ByteString name = new(byName ? responder.ReadEncodedValue().Span : responder.ReadOctetString());
        responder.ThrowIfNotEmpty();
        data.ReadGeneralizedTime();
        AsnReader list = data.ReadSequence();
        var answers = new List<OcspAnswer>();
        while (list.HasData)
        {
            answers.Add(answers.Count < MostAnswers ? ReadAnswer(list.ReadSequence()) : throw new AsnContentException("There are too many answers."));
        }

        ReadExtensions(data, 1);
        data.ThrowIfNotEmpty();
        return new OcspResponse(signed, answers, certificates) { ResponderName = byName ? name : null };
    }

    private static OcspAnswer ReadAnswer(AsnReader answer)
    {
        AsnReader id = answer.ReadSequence();
        AsnReader algorithm = id.ReadSequence();
        string oid = algorithm.ReadObjectIdentifier();
        if (algorithm.HasData)
        {
            algorithm.ReadNull();
        }

        algorithm.ThrowIfNotEmpty();
        (ByteString name, ByteString key, ByteString serial) = (new(id.ReadOctetString()), new(id.ReadOctetString()), new(id.ReadIntegerBytes().Span));
        id.ThrowIfNotEmpty();
        OcspStatus status = ReadStatus(answer);
        DateTimeOffset thisUpdate = answer.ReadGeneralizedTime();
        DateTimeOffset? nextUpdate = null;
        if (answer.HasData && answer.PeekTag().HasSameClassAndValue(Context(0)))
        {
            AsnReader next = Explicit(answer, 0);
            nextUpdate = next.ReadGeneralizedTime();
            next.ThrowIfNotEmpty();
        }

        ReadExtensions(answer, 1);
        answer.ThrowIfNotEmpty();
        return new OcspAnswer(status, thisUpdate, nextUpdate) { HashOid = oid, IssuerNameHash = name, IssuerKeyHash = key, Serial = serial };
    }

    private static OcspStatus ReadStatus(AsnReader answer)
    {
        Asn1Tag tag = answer.PeekTag();
        if (tag == Context(0) || tag == Context(2))
        {
            answer.ReadNull(tag);
            return tag.TagValue == 0 ? OcspStatus.Good : OcspStatus.Unknown;
        }

        AsnReader revoked = answer.ReadSequence(Context(1));
        revoked.ReadGeneralizedTime();
        bool isHold = false;
        if (revoked.HasData)
        {
            AsnReader reason = Explicit(revoked, 0);
            isHold = reason.ReadEnumeratedBytes().Span is [HoldReason];
            reason.ThrowIfNotEmpty();
        }

        revoked.ThrowIfNotEmpty();
        return isHold ? OcspStatus.OnHold : OcspStatus.Revoked;
    }

    private static void ReadExtensions(AsnReader reader, int tag)
    {
        if (!reader.HasData)
        {
            return;
        }

        foreach ((string oid, Extension extension) in Extension.ReadAll(Explicit(reader, tag).ReadSequence()))
        {
            if (extension.Critical && oid != NonceOid)
            {
                throw new AsnContentException("A critical extension is not known.");
            }
        }
    }

    private static AsnReader Explicit(AsnReader reader, int tag) => reader.ReadSequence(Context(tag));

    private static Asn1Tag Context(int tag) => new(TagClass.ContextSpecific, tag);
}
