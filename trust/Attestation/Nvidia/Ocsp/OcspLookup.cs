using System.Formats.Asn1;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>Finds what responders say about a certificate: an answer counts when it names the certificate and comes from its issuer, or from a responder that the issuer appointed.</summary>
internal sealed class OcspLookup
{
    private const string SigningPurpose = "1.3.6.1.5.5.7.3.9";
    private const string ExtendedKeyUsageOid = "2.5.29.37";
    private const string Sha256Oid = "2.16.840.1.101.3.4.2.1";
    private const string Sha384Oid = "2.16.840.1.101.3.4.2.2";
    private const int MostResponses = 128;

    private static readonly HashSet<string> s_known = [ExtendedKeyUsageOid];

    private readonly List<OcspResponse> _responses = [];
    private readonly OcspMemory _memory;

    public OcspLookup(IEnumerable<ByteString> responses, OcspMemory memory)
    {
        _memory = memory;
        foreach (ByteString der in responses.Take(MostResponses))
        {
            if (OcspResponse.TryParse(der.Memory, out OcspResponse? response))
            {
                _responses.Add(response);
            }
        }
    }

    /// <summary>Returns everything that was said about the certificate, newest first.</summary>
    public IReadOnlyList<OcspFinding> Find(Certificate certificate, Certificate issuer, DateTimeOffset now)
    {
        var found = new List<OcspFinding>();
        foreach (OcspResponse response in _responses)
        {
            foreach (OcspAnswer answer in response.Answers)
            {
                if (IsAbout(answer, certificate, issuer))
                {
                    found.Add(new OcspFinding(answer, FindFault(response, issuer, now)));
                }
            }
        }

        found.Sort((left, right) => right.Answer.ThisUpdate.CompareTo(left.Answer.ThisUpdate));
        return found;
    }

    private static bool IsAbout(OcspAnswer answer, Certificate certificate, Certificate issuer) =>
        answer.Serial == certificate.Serial && Hash(answer.HashOid, certificate.Issuer.Span) is { } name && answer.IssuerNameHash.Equals(name)
        && Hash(answer.HashOid, KeyBits(issuer)) is { } key && answer.IssuerKeyHash.Equals(key);

    private static byte[]? Hash(string oid, ReadOnlySpan<byte> data) => oid switch
    {
        Sha256Oid => SHA256.HashData(data),
        Sha384Oid => SHA384.HashData(data),
        _ => null,
    };

    /// <summary>
    /// Returns what is wrong with whoever signed; empty when the issuer did, or a responder that the issuer appointed and that is in force. A responder that is
    /// named by its key is the one whose key signed.
    /// </summary>
    private string FindFault(OcspResponse response, Certificate issuer, DateTimeOffset now)
    {
        Certificate? signer = _memory.Find(response.Hash, issuer);
        if (signer is null)
        {
            signer = response.Certificates.Append(issuer)
                .FirstOrDefault(certificate => (response.ResponderName ?? certificate.Subject) == certificate.Subject && response.IsSignedBy(certificate));
            if (FindFault(signer, issuer) is { } fault)
            {
                return fault;
            }

            _memory.Keep(response.Hash, issuer, signer!);
        }

        return signer!.Der == issuer.Der || signer.IsValidAt(now) ? "" : $"the responder's certificate is valid from {signer.NotBefore:u} to {signer.NotAfter:u}";
    }

    private static string? FindFault(Certificate? signer, Certificate issuer) => signer switch
    {
        null => "the response is signed neither by the issuer nor by a certificate that came with it",
        _ when signer.Der == issuer.Der => null,
        _ when signer.Issuer != issuer.Subject || !signer.Signed.IsSignedBy(issuer, SignatureScheme.EcdsaP384Sha384) => "the responder was not appointed by the issuer itself",
        _ => MaySign(signer) ? null : "the responder's certificate is not for signing OCSP responses",
    };

    private static bool MaySign(Certificate responder)
    {
        if (responder.HasAuthorityMark || responder.HasDemandBeyond(s_known) || !responder.Extensions.TryGetValue(ExtendedKeyUsageOid, out Extension? usage))
        {
            return false;
        }

        try
        {
            AsnReader purposes = new AsnReader(usage.Value.Memory, AsnEncodingRules.DER).ReadSequence();
            bool found = false;
            while (purposes.HasData)
            {
                found |= purposes.ReadObjectIdentifier() == SigningPurpose;
            }

            return found;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Returns the bits of the key without the algorithm, as both hashes are made over them.</summary>
    private static byte[] KeyBits(Certificate certificate)
    {
        try
        {
            AsnReader key = new AsnReader(certificate.PublicKey.Memory, AsnEncodingRules.DER).ReadSequence();
            key.ReadEncodedValue();
            return key.ReadBitString(out _);
        }
        catch (AsnContentException)
        {
            return [];
        }
    }
}
