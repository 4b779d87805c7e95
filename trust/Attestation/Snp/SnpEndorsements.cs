using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// Certificates and revocation lists that came from anywhere: with the evidence, from a folder, from AMD's key service. They are sorted by what they are, not
/// by what they were called, and none is trusted for being here.
/// </summary>
public sealed class SnpEndorsements
{
    private const int MostCertificates = 32;
    private const int MostLists = 8;

    private readonly List<Certificate> _chips = [];
    private readonly List<Certificate> _authorities = [];
    private readonly List<RevocationList> _lists = [];

    private SnpEndorsements()
    {
    }

    internal IReadOnlyList<Certificate> Chips => _chips;

    internal IReadOnlyList<Certificate> Authorities => _authorities;

    internal IReadOnlyList<RevocationList> Lists => _lists;

    /// <summary>Gets whether something could not be read.</summary>
    internal bool HasUnreadable { get; private set; }

    /// <summary>Sorts certificates (DER, or PEM with one or several) and lists (DER). What cannot be read, or is beyond the limits, is left out.</summary>
    public static SnpEndorsements Read(IEnumerable<SnpCertificate> certificates, IEnumerable<Collateral> collateral) => Read(certificates, collateral, []);

    /// <summary>As the other, with collateral of the asker's own. Its lists come first: a guest could otherwise fill the places with lists of no worth.</summary>
    public static SnpEndorsements Read(IEnumerable<SnpCertificate> certificates, IEnumerable<Collateral> collateral, IEnumerable<Collateral> own)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(collateral);
        ArgumentNullException.ThrowIfNull(own);
        var endorsements = new SnpEndorsements();
        var last = new List<Certificate>();
        foreach (Collateral entry in own)
        {
            endorsements.Add(entry.Data, last.Add);
        }

        foreach (ByteString data in certificates.Select(certificate => certificate.Data).Concat(collateral.Select(entry => entry.Data)))
        {
            endorsements.Add(data, endorsements.AddCertificate);
        }

        last.ForEach(endorsements.AddCertificate);
        return endorsements;
    }

    private void Add(ByteString data, Action<Certificate> addCertificate)
    {
        foreach (ReadOnlyMemory<byte> der in CertificateFile.Split(data.Memory))
        {
            if (Certificate.TryParse(der.Equals(data.Memory) ? data : new ByteString(der.Span), out Certificate? certificate))
            {
                addCertificate(certificate);
            }
            else if (_lists.Count < MostLists && RevocationList.TryParse(der, out RevocationList? list))
            {
                _lists.Add(list);
            }
            else
            {
                HasUnreadable = true;
            }
        }
    }

    private void AddCertificate(Certificate certificate)
    {
        List<Certificate> place = certificate.IsAuthority ? _authorities : _chips;
        if (_chips.Count + _authorities.Count < MostCertificates && place.TrueForAll(other => other.Der != certificate.Der))
        {
            place.Add(certificate);
        }
    }
}
