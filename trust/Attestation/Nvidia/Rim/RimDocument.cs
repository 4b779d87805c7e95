using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>
/// A document with reference values, and what of it holds whatever the time: layout, signature and path of its signer. Everything is found once, and kept with
/// the roots under the hash of the document; time and revocation are asked each time.
/// </summary>
internal sealed class RimDocument
{
    private static readonly PathRules s_nvidia = new(Vendor.NvidiaReferenceValues, SignatureScheme.EcdsaP384Sha384);

    private RimDocument(string fault) => Fault = fault;

    /// <summary>Gets why it is not XML that is let in; empty when it is.</summary>
    public string Fault { get; }

    /// <summary>Gets why its content is no reference values; empty when it is.</summary>
    public string ContentFault { get; private init; } = "";

    /// <summary>Gets what it says; null when it cannot be read. It is true only when it is signed and the signer leads to a root.</summary>
    public RimContent? Content { get; private init; }

    /// <summary>Gets what is wrong with the signature; empty when it is sound.</summary>
    public string SignatureFault { get; private init; } = "";

    public CertificatePath? Path { get; private init; }

    public Refusal? PathRefusal { get; private init; }

    /// <summary>Gets whether it can be read, is signed, and its signer leads to an accepted root.</summary>
    public bool IsSound => this is { Fault: "", SignatureFault: "", Path: not null, Content: not null };

    public static RimDocument Read(ByteString bytes, TrustRoots roots)
    {
        ByteString hash = ByteString.Sha256(bytes.Span);
        if (roots.ReferenceValues.Find(hash) is { } known)
        {
            return known;
        }

        RimDocument read = Read(bytes.Span, roots);
        if (read.IsSound)
        {
            roots.ReferenceValues.Keep(hash, read);
        }

        return read;
    }

    private static RimDocument Read(ReadOnlySpan<byte> bytes, TrustRoots roots)
    {
        if (!SignedXmlDocument.TryRead(bytes, out SignedXmlDocument? xml, out string fault))
        {
            return new RimDocument(fault) { SignatureFault = "it cannot be read", ContentFault = "it cannot be read" };
        }

        List<Certificate> certificates = [];
        foreach (ByteString der in xml.Certificates)
        {
            if (Certificate.TryParse(der.Memory, out Certificate? certificate))
            {
                certificates.Add(certificate);
            }
        }

        bool hasContent = RimContent.TryRead(xml.Content, out RimContent? content, out fault);
        bool hasSigner = certificates.Count == xml.Certificates.Count && certificates.Count > 0;
        Refusal? refusal = new(RefusalReason.ChainUntrusted, "The reference values name no signer whose certificate can be read.");
        CertificatePath? path = null;
        bool hasPath = hasSigner && CertificatePath.TryBuild(certificates[0], certificates, roots, s_nvidia, out path, out refusal);
        return new RimDocument("")
        {
            ContentFault = hasContent ? "" : fault,
            Content = content,
            SignatureFault = FindSignatureFault(xml, hasSigner ? certificates[0] : null),
            Path = hasPath ? path : null,
            PathRefusal = hasPath ? null : refusal,
        };
    }

    private static string FindSignatureFault(SignedXmlDocument xml, Certificate? signer)
    {
        if (xml is not { Signatures: 1, SignedInfos: 1, HasStray: false })
        {
            return xml.Signatures == 0 && !xml.HasStray ? "there is none" : "there must be one, directly below the root, and nothing else of a signature anywhere";
        }

        Span<byte> digest = stackalloc byte[SHA384.HashSizeInBytes];
        SHA384.HashData(xml.Content, digest);
        if (SignedInfoForm.FindDigest(xml.SignedInfo) is not { } stated)
        {
            return "it is not one reference to the whole document by ECDSA and SHA-384";
        }

        if (!digest.SequenceEqual(stated))
        {
            return "the document's digest is not the signed one: the document was altered";
        }

        SHA384.HashData(xml.SignedInfo, digest);
        return signer is not null && P384Signature.Verify(signer, digest, xml.SignatureValue) ? "" : "it was not made by the first certificate's key";
    }
}
