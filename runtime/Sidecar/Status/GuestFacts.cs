using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.Sidecar.Status;

/// <summary>What does not change while the process lives: the initdata and the TLS key, which is made at start and never written anywhere.</summary>
internal sealed class GuestFacts : IDisposable
{
    private static readonly TimeSpan s_backdate = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(3650);

    private GuestFacts(string initData, X509Certificate2 certificate)
    {
        InitData = initData;
        InitDataSha256 = ByteString.Sha256(Encoding.UTF8.GetBytes(initData)).ToString();
        Certificate = certificate;
        TlsSpkiSha256 = ByteString.Sha256(certificate.PublicKey.ExportSubjectPublicKeyInfo()).ToString();
    }

    /// <summary>Gets the text of the initdata.</summary>
    public string InitData { get; }

    /// <summary>Gets its SHA-256 in lower-case hex.</summary>
    public string InitDataSha256 { get; }

    /// <summary>Gets the certificate of the https port. Clients do not trust its issuer; they find its key in the verified keyset.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Gets the SHA-256 of its public key in lower-case hex.</summary>
    public string TlsSpkiSha256 { get; }

    /// <summary>Reads the initdata and makes the certificate.</summary>
    public static GuestFacts Create(SidecarOptions options, TimeProvider time) => new(ReadInitData(options.InitDataPath), MakeCertificate(options, time));

    public void Dispose() => Certificate.Dispose();

    private static string ReadInitData(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > InitDataDocument.LongestText)
        {
            throw new InvalidDataException(file.Exists ? $"The initdata '{path}' has more than {InitDataDocument.LongestText} bytes."
                : $"The initdata '{path}' does not exist.");
        }

        try
        {
            // A mark at the beginning would be part of the digest, so the text is decoded as it stands.
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"The initdata '{path}' is not UTF-8.", exception);
        }
    }

    private static X509Certificate2 MakeCertificate(SidecarOptions options, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(options.Model.Name.Length > 64 ? options.Model.Name[..64] : options.Model.Name);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        IPAddress address = options.Address;
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            names.AddIpAddress(address);
        }

        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        DateTimeOffset now = time.GetUtcNow();
        return request.CreateSelfSigned(now - s_backdate, now + s_lifetime);
    }
}
