using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>The server's authority, its certificate, and who may come in: one token, and client certificates of the authority.</summary>
internal sealed class Credentials : IDisposable
{
    private readonly X509Certificate2 _authority;

    public Credentials(System.Net.IPAddress address, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset from = now.AddHours(-1);
        DateTimeOffset until = now.AddDays(30);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=test cluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(from, until);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(address);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("kubernetes.default.svc");
        Server = Issue("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", from, until, names.Build());
        Client = Issue("CN=admin, O=system:masters", "1.3.6.1.5.5.7.3.2", from, until, null);
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        AuthorityPem = _authority.ExportCertificatePem();
    }

    public X509Certificate2 Server { get; }

    public X509Certificate2 Client { get; }

    public string Token { get; }

    public string AuthorityPem { get; }

    public bool Accepts(HttpContext context)
    {
        if (context.Connection.ClientCertificate is { } certificate) return IsOurs(certificate);
        string given = context.Request.Headers.Authorization.ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes($"Bearer {Token}"));
    }

    public void Dispose()
    {
        _authority.Dispose();
        Server.Dispose();
        Client.Dispose();
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private X509Certificate2 Issue(string name, string usage, DateTimeOffset from, DateTimeOffset until, X509Extension? names)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null) request.CertificateExtensions.Add(names);
        using X509Certificate2 bare = request.Create(_authority, from, until, RandomNumberGenerator.GetBytes(12));
        using X509Certificate2 withKey = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
