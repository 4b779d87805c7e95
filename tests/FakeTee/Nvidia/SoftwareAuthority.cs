using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.FakeTee.Nvidia;

/// <summary>A P-384 key with its certificate, that may issue others.</summary>
public sealed class SoftwareAuthority
{
    private static readonly DateTimeOffset s_notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509SignatureGenerator _generator;

    private SoftwareAuthority(ECDsa key, X509Certificate2 certificate)
    {
        Key = key;
        Certificate = certificate;
        _generator = X509SignatureGenerator.CreateForECDsa(key);
    }

    /// <summary>Gets the key.</summary>
    public ECDsa Key { get; }

    /// <summary>Gets the certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Gets the certificate as PEM.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>Makes a root.</summary>
    public static SoftwareAuthority MakeRoot(string name)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        CertificateRequest request = Request(name, key, isAuthority: true);
        return new SoftwareAuthority(key, request.CreateSelfSigned(s_notBefore, DateTimeOffset.MaxValue));
    }

    /// <summary>Issues a certificate for a new key.</summary>
    public SoftwareAuthority Issue(string name, bool isAuthority = true, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, params IEnumerable<X509Extension> extensions)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        CertificateRequest request = Request(name, key, isAuthority);
        foreach (X509Extension extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        byte[] serial = RandomNumberGenerator.GetBytes(8);
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        using X509Certificate2 issued = request.Create(Certificate.SubjectName, _generator, notBefore ?? s_notBefore, notAfter ?? DateTimeOffset.MaxValue, serial);
        return new SoftwareAuthority(key, X509CertificateLoader.LoadCertificate(issued.RawData));
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest($"CN={name}, O=ConfidentialOperator development", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true));
        return request;
    }
}
