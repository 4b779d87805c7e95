using ConfidentialOperator.Attestation.Certificates;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>The certificates of a quote, leaf first: a Provisioning Certification Key (PCK) and who issued it. The same ones come with every quote of a platform.</summary>
internal sealed class PckChain
{
    private PckChain(IReadOnlyList<Certificate> certificates)
    {
        Leaf = certificates.Count > 0 ? certificates[0] : null;
        Others = certificates.Count > 1 ? [.. certificates.Skip(1)] : [];
        Extension = Leaf is not null && PckExtension.TryRead(Leaf, out PckExtension? extension) ? extension : null;
    }

    /// <summary>Gets the first certificate; null when there is none that can be read.</summary>
    public Certificate? Leaf { get; }

    public IReadOnlyList<Certificate> Others { get; }

    /// <summary>Gets what the leaf says about the platform; null when it does not say all of it.</summary>
    public PckExtension? Extension { get; }

    /// <summary>Reads certificates in PEM. One that cannot be read ends the list, so that none is taken for the leaf which is not the first.</summary>
    public static PckChain Read(ReadOnlyMemory<byte> data)
    {
        var certificates = new List<Certificate>(3);
        foreach (ReadOnlyMemory<byte> der in CertificateFile.Split(data))
        {
            if (!Certificate.TryParse(der, out Certificate? certificate))
            {
                break;
            }

            certificates.Add(certificate);
        }

        return new PckChain(certificates);
    }
}
