using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Collaterals;

/// <summary>
/// Judges a set of collateral without any evidence: whether each piece is signed up to an accepted root, with the certificates of the same set, and whether it is
/// in force. For those who keep a set and want to know what it is worth and until when; evidence is judged anew in any case.
/// </summary>
public sealed class CollateralReview
{
    private static readonly (Vendor Vendor, SignatureScheme Scheme)[] s_vendors =
    [
        (Vendor.Amd, SignatureScheme.PssSha384),
        (Vendor.Intel, SignatureScheme.EcdsaP256Sha256),
        (Vendor.NvidiaDevice, SignatureScheme.EcdsaP384Sha384),
        (Vendor.NvidiaReferenceValues, SignatureScheme.EcdsaP384Sha384),
    ];

    private static readonly Dictionary<Vendor, PathRules> s_rules = s_vendors.ToDictionary(entry => entry.Vendor,
        entry => new PathRules(entry.Vendor, entry.Scheme) { LeafMayIssue = true, KnownExtensions = new HashSet<string> { "2.5.29.37" } });

    private static readonly string[] s_statements = ["tcbInfo", "enclaveIdentity", "tcbEvaluationDataNumbers"];
    private const int SignatureSize = 64;

    private readonly IReadOnlyList<Certificate> _certificates;
    private readonly TrustRoots _roots;

    private CollateralReview(IReadOnlyList<Certificate> certificates, TrustRoots roots) => (_certificates, _roots) = (certificates, roots);

    /// <summary>Judges each piece of a set.</summary>
    /// <param name="set">The set.</param>
    /// <param name="roots">The accepted roots.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<ReviewedCollateral> Of(IReadOnlyList<Collateral> set, TrustRoots roots, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(roots);
        var review = new CollateralReview([.. set.SelectMany(item => Certificates(item.Data.Memory).Concat(Signers(item.Data)))], roots);
        return [.. set.Select(item => review.Judge(item, now))];
    }

    private ReviewedCollateral Judge(Collateral item, DateTimeOffset now)
    {
        if (CollateralFacts.Read(item) is not { } facts)
        {
            return new(item, null, "", new(RefusalReason.Malformed, "It is nothing that this version can read: neither certificates, list, signed data of Intel, manifest nor OCSP response."));
        }

        string? root = item.Data.Span.TrimStart(" \t\r\n"u8) switch
        {
            [(byte)'{', ..] => OfStatement(item.Data.Memory),
            [(byte)'<', ..] => OfManifest(item.Data),
            _ => OfAnswer(item.Data.Memory) ?? OfCertificates(item.Data.Memory) ?? OfList(item.Data.Memory),
        };
        Refusal? refusal = root is null
            ? new(RefusalReason.ChainUntrusted, "Its signature does not lead to an accepted root with the certificates of this set.")
            : now < facts.From || now > facts.Until
                ? new(RefusalReason.CertificateExpired, $"It is in force from {facts.From:u} to {facts.Until:u}, not at {now:u}; fetch it again.") : null;
        return new(item, facts, root ?? "", refusal);
    }

    private string? OfCertificates(ReadOnlyMemory<byte> data)
    {
        string? root = null;
        foreach (Certificate certificate in Certificates(data))
        {
            root = RootOf(certificate);
            if (root is null)
            {
                return null;
            }
        }

        return root;
    }

    /// <summary>A list is its issuer's, and the issuer is a root or leads to one.</summary>
    private string? OfList(ReadOnlyMemory<byte> data)
    {
        if (!RevocationList.TryParse(data, out RevocationList? list))
        {
            return null;
        }

        foreach ((Vendor vendor, SignatureScheme scheme) in s_vendors)
        {
            IEnumerable<Certificate> issuers = _roots.For(vendor).SelectMany(anchor => anchor.Intermediates.Prepend(anchor.Root)).Concat(_certificates);
            if (issuers.FirstOrDefault(issuer => issuer.IsAuthority && issuer.Subject == list.Issuer && RootOf(issuer, vendor) is not null && list.IsFrom(issuer, scheme)) is { } found)
            {
                return RootOf(found, vendor);
            }
        }

        return null;
    }

    private string? OfAnswer(ReadOnlyMemory<byte> data) => OcspResponse.TryParse(data, out OcspResponse? response)
        ? response.Certificates.Where(response.IsSignedBy).Select(RootOf).FirstOrDefault(root => root is not null) : null;

    private string? OfManifest(ByteString data) => RimDocument.Read(data, _roots) is { IsSound: true, Path: { } path } ? path.Anchor.Root.CommonName : null;

    /// <summary>Intel signs the bytes of the inner object with ECDSA P-256, as r and s in hex.</summary>
    private string? OfStatement(ReadOnlyMemory<byte> data)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(data);
            string? name = s_statements.FirstOrDefault(member => document.RootElement.TryGetProperty(member, out _));
            if (name is null || !document.RootElement.TryGetProperty("signature", out JsonElement given) || !ByteString.TryFromHex(given.GetString(), SignatureSize, out ByteString? signature))
            {
                return null;
            }

            ReadOnlySpan<byte> body = JsonMarshal.GetRawUtf8Value(document.RootElement.GetProperty(name));
            foreach (Certificate signer in _certificates)
            {
                if (!signer.IsAuthority && RootOf(signer, Vendor.Intel) is { } root && IsSigned(body, signature, signer))
                {
                    return root;
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsSigned(ReadOnlySpan<byte> body, ByteString signature, Certificate signer)
    {
        try
        {
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(signer.PublicKey.Span, out int read);
            return read == signer.PublicKey.Length && key.KeySize == 256
                && key.VerifyData(body, signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private string? RootOf(Certificate certificate) => s_vendors.Select(entry => RootOf(certificate, entry.Vendor)).FirstOrDefault(root => root is not null);

    private string? RootOf(Certificate certificate, Vendor vendor) =>
        _roots.For(vendor).FirstOrDefault(anchor => anchor.Root.Der == certificate.Der) is { } anchor ? anchor.Root.CommonName
        : CertificatePath.TryBuild(certificate, _certificates, _roots, s_rules[vendor], out CertificatePath? path, out _) ? path.Anchor.Root.CommonName : null;

    /// <summary>The certificates in a manifest are links for answers about them.</summary>
    private static IEnumerable<Certificate> Signers(ByteString data) =>
        data.Span.TrimStart(" \t\r\n"u8) is [(byte)'<', ..] && SignedXmlDocument.TryRead(data.Span, out SignedXmlDocument? document, out _)
            ? document.Certificates.SelectMany(der => Certificates(der.Memory)) : [];

    private static IEnumerable<Certificate> Certificates(ReadOnlyMemory<byte> data)
    {
        foreach (ReadOnlyMemory<byte> der in CertificateFile.Split(data))
        {
            if (Certificate.TryParse(der, out Certificate? certificate))
            {
                yield return certificate;
            }
        }
    }
}
