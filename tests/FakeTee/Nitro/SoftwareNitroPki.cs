using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.FakeTee.Nitro;

/// <summary>A development stand-in for the certificates of AWS Nitro: root, region, zone, instance, enclave; all P-384 with SHA-384.</summary>
public sealed class SoftwareNitroPki
{
    private static readonly DateTimeOffset s_notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_notAfter = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2[] _chain;

    private SoftwareNitroPki(X509Certificate2[] chain) => _chain = chain;

    /// <summary>Gets the root as PEM: what a verifier is configured with as a development root.</summary>
    public string RootPem => _chain[0].ExportCertificatePem() + "\n";

    /// <summary>Gets the authorities' certificates, root first.</summary>
    public IReadOnlyList<byte[]> Bundle => [.. _chain.Select(certificate => certificate.RawData)];

    /// <summary>Makes a new set of keys.</summary>
    public static SoftwareNitroPki Create()
    {
        var chain = new List<X509Certificate2>();
        string[] names = ["software.nitro-enclaves", "software-1.nitro-enclaves", "zonal.software-1.nitro-enclaves", "i-0123456789abcdef0.software-1.nitro-enclaves"];
        foreach (string name in names)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            var request = new CertificateRequest($"CN={name}, O=ConfidentialOperator development", key, HashAlgorithmName.SHA384);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, names.Length - 1 - chain.Count, true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
            if (chain.Count == 0)
            {
                chain.Add(request.CreateSelfSigned(s_notBefore, s_notAfter));
                continue;
            }

            using X509Certificate2 certificate = request.Create(chain[^1], s_notBefore, s_notAfter, [(byte)chain.Count]);
            chain.Add(certificate.CopyWithPrivateKey(key));
        }

        return new SoftwareNitroPki([.. chain]);
    }

    /// <summary>Makes an enclave whose certificate is valid for a time.</summary>
    public SoftwareEnclave MakeEnclave(DateTimeOffset notBefore, DateTimeOffset notAfter, bool isAuthority = false)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=i-0123456789abcdef0-enc0123456789abcdef.software-1.aws", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using X509Certificate2 certificate = request.Create(_chain[^1], notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
        return new SoftwareEnclave(key, certificate.RawData, Bundle);
    }
}
