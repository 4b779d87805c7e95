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

    /// <summary>The most signatures that are checked for one certificate; two are enough when nobody wants to keep the verifier busy.</summary>
    private const int MostSignatures = 16;

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
        var name = new Names(certificate, issuer);
        int budget = MostSignatures;
        foreach (OcspResponse response in _responses)
        {
            string? fault = null;
            foreach (OcspAnswer answer in response.Answers)
            {
                if (name.IsOf(answer))
                {
                    found.Add(new OcspFinding(answer, fault ??= FindFault(response, issuer, now, ref budget)));
                }
            }
        }

        found.Sort((left, right) => right.Answer.ThisUpdate.CompareTo(left.Answer.ThisUpdate));
        return found;
    }

    /// <summary>
    /// Returns what is wrong with whoever signed; empty when the issuer did, or a responder that the issuer appointed and that is in force. A responder that is
    /// named by its key is the one whose key signed.
    /// </summary>
    private string FindFault(OcspResponse response, Certificate issuer, DateTimeOffset now, ref int budget)
    {
        Certificate? signer = _memory.Find(response.Hash, issuer);
        if (signer is null)
        {
            Certificate[] candidates = [.. response.Certificates.Append(issuer).Where(certificate => (response.ResponderName ?? certificate.Subject) == certificate.Subject)];
            budget -= candidates.Length + 1;
            if (budget < 0)
            {
                return "there are too many responses about this certificate that are signed by nobody who may";
            }

            signer = Array.Find(candidates, response.IsSignedBy);
            if (FindFault(signer, issuer) is { } fault)
            {
                return fault;
            }

            // What was signed as it must be is remembered, so nobody can spend the budget with it twice.
            budget += candidates.Length + 1;
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

    /// <summary>What an answer calls a certificate, by each hash algorithm; computed once, since answers are many.</summary>
    private sealed class Names(Certificate certificate, Certificate issuer)
    {
        private readonly byte[] _key = KeyBits(issuer);
        private (byte[] Name, byte[] Key)? _sha256;
        private (byte[] Name, byte[] Key)? _sha384;

        public bool IsOf(OcspAnswer answer) => answer.Serial == certificate.Serial && Hashes(answer.HashOid) is { } hashes
            && answer.IssuerNameHash.Equals(hashes.Name) && answer.IssuerKeyHash.Equals(hashes.Key);

        private (byte[] Name, byte[] Key)? Hashes(string oid) => oid switch
        {
            Sha256Oid => _sha256 ??= (SHA256.HashData(certificate.Issuer.Span), SHA256.HashData(_key)),
            Sha384Oid => _sha384 ??= (SHA384.HashData(certificate.Issuer.Span), SHA384.HashData(_key)),
            _ => null,
        };

        /// <summary>Returns the bits of the key without the algorithm, as the hash is made over them.</summary>
        private static byte[] KeyBits(Certificate holder)
        {
            try
            {
                AsnReader key = new AsnReader(holder.PublicKey.Memory, AsnEncodingRules.DER).ReadSequence();
                key.ReadEncodedValue();
                return key.ReadBitString(out _);
            }
            catch (AsnContentException)
            {
                return [];
            }
        }
    }
}
