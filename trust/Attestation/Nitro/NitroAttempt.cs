using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nitro;

/// <summary>The attempt to authenticate a document: what the steps look at. Everything is found before the first step looks; what could not be found is null.</summary>
internal sealed class NitroAttempt
{
    private static readonly PathRules s_aws = new(Vendor.Aws, SignatureScheme.EcdsaP384Sha384);

    public NitroAttempt(NitroDocument document, TrustRoots roots, DateTimeOffset now)
    {
        Document = document;
        Now = now;
        Path = roots.Paths.FindExact(document.Certificate, document.Bundle, s_aws);
        Leaf = Path?.Leaf ?? (Certificate.TryParse(document.Certificate, out Certificate? leaf) ? leaf : null);
        if (Leaf is null)
        {
            return;
        }

        Span<byte> digest = stackalloc byte[SHA384.HashSizeInBytes];
        document.Envelope.Digest(digest);
        IsSigner = P384Signature.Verify(Leaf, digest, document.Envelope.Signature.Span);
        if (Path is null)
        {
            Path = CertificatePath.TryBuild(Leaf, ReadBundle(document), roots, s_aws, out CertificatePath? path, out Refusal? refusal) ? path : null;
            PathRefusal = refusal;
        }
    }

    public NitroDocument Document { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Gets the enclave's certificate; null when the document's cannot be read.</summary>
    public Certificate? Leaf { get; }

    /// <summary>Gets whether the document's signature verifies under the key of its certificate.</summary>
    public bool IsSigner { get; }

    /// <summary>Gets the path to an accepted root; null when there is none.</summary>
    public CertificatePath? Path { get; }

    /// <summary>Gets why there is no path.</summary>
    public Refusal? PathRefusal { get; }

    /// <summary>Reads the authorities' certificates; what is none is no link of a path.</summary>
    private static List<Certificate> ReadBundle(NitroDocument document)
    {
        var bundle = new List<Certificate>(document.Bundle.Count);
        foreach (ReadOnlyMemory<byte> der in document.Bundle)
        {
            if (Certificate.TryParse(der, out Certificate? authority))
            {
                bundle.Add(authority);
            }
        }

        return bundle;
    }
}
