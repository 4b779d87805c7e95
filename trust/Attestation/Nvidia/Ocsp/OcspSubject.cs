using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>
/// What the rules about revocation look at: the certificates of one path that responders are asked about, each with the best that was said. The certificate that
/// a device makes for itself at each start is not among them; neither is the root.
/// </summary>
internal sealed class OcspSubject
{
    private OcspSubject(string what, IReadOnlyList<(string Name, OcspFinding? Finding)> certificates, GpuRevocation demand, DateTimeOffset now)
    {
        What = what;
        Certificates = certificates;
        Demand = demand;
        Now = now;
    }

    /// <summary>Gets whose certificates these are, in words.</summary>
    public string What { get; }

    public IReadOnlyList<(string Name, OcspFinding? Finding)> Certificates { get; }

    public GpuRevocation Demand { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Looks up the certificates of a path.</summary>
    /// <param name="what">Whose path it is, in words.</param>
    /// <param name="path">The path, leaf first.</param>
    /// <param name="first">The first certificate that is asked about.</param>
    /// <param name="find">Finds what was said about a certificate of an issuer.</param>
    /// <param name="demand">What the owner demands.</param>
    /// <param name="now">The time.</param>
    public static OcspSubject Of(string what, CertificatePath path, int first, Func<Certificate, Certificate, IReadOnlyList<OcspFinding>> find, GpuRevocation demand, DateTimeOffset now)
    {
        var certificates = new List<(string Name, OcspFinding? Finding)>();
        for (int at = first; at < path.Certificates.Count - 1; at++)
        {
            certificates.Add((path.Certificates[at].CommonName, Best(find(path.Certificates[at], path.Certificates[at + 1]))));
        }

        return new OcspSubject(what, certificates, demand, now);
    }

    /// <summary>A revocation that the issuer vouches for counts whatever was said later or earlier, except a hold, which a later word lifts.</summary>
    private static OcspFinding? Best(IReadOnlyList<OcspFinding> findings)
    {
        OcspFinding[] sound = [.. findings.Where(finding => finding.Fault.Length == 0)];
        return Array.Find(sound, finding => finding.Answer.Status == OcspStatus.Revoked) ?? (sound.Length > 0 ? sound[0] : findings.Count > 0 ? findings[0] : null);
    }
}
