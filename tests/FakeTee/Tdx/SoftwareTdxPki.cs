using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>A development stand-in for Intel's certificates: a root, a platform CA for PCK certificates, and a certificate for TCB signing, all of P-256.</summary>
public sealed class SoftwareTdxPki
{
    private const string Organization = ", O=ConfidentialOperator development";
    private static readonly DateTimeOffset s_notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_notAfter = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _signerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _authority;
    private int _serial = 100;

    /// <summary>Makes a new set of keys.</summary>
    public SoftwareTdxPki()
    {
        var request = new CertificateRequest("CN=Intel SGX Root CA" + Organization, _rootKey, HashAlgorithmName.SHA256);
        AddAuthority(request);
        _root = request.CreateSelfSigned(s_notBefore, s_notAfter);
        _authority = Issue("Intel SGX PCK Platform CA", _authorityKey, _root, _rootKey, AddAuthority);
        SignerDer = Issue("Intel SGX TCB Signing", _signerKey, _root, _rootKey, _ => { }).RawData;
    }

    /// <summary>Gets the root as PEM: what a broker or client is configured with as a development root.</summary>
    public string RootPem => _root.ExportCertificatePem() + "\n";

    /// <summary>Gets the root in DER.</summary>
    public byte[] RootDer => _root.RawData;

    /// <summary>Gets the platform CA in DER.</summary>
    public byte[] AuthorityDer => _authority.RawData;

    /// <summary>Gets the certificate for TCB signing in DER.</summary>
    public byte[] SignerDer { get; }

    /// <summary>Makes another certificate for the key of TCB signing.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="notAfter">Its end.</param>
    public byte[] MakeSigner(string name, DateTimeOffset notAfter) => Issue(name, _signerKey, _root, _rootKey, _ => { }, notAfter).RawData;

    /// <summary>Makes a platform: a PCK with its certificate, and a quoting enclave.</summary>
    /// <param name="facts">What the certificate says of it.</param>
    public SoftwareTdxPlatform MakePlatform(SoftwarePck? facts = null)
    {
        facts ??= new SoftwarePck();
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (X509Certificate2 issuer, ECDsa issuerKey) = facts.IsIssuedByRoot ? (_root, _rootKey) : (_authority, _authorityKey);
        X509Certificate2 certificate = Issue(facts.Name, key, issuer, issuerKey, facts.AddTo, facts.NotAfter);
        return new SoftwareTdxPlatform(this, facts, key, certificate);
    }

    /// <summary>Makes the list of the root, in DER.</summary>
    public byte[] MakeRootList(DateTimeOffset from, DateTimeOffset until, params ReadOnlySpan<byte[]> revoked) => MakeList(_root, _rootKey, from, until, revoked);

    /// <summary>Makes the list of the platform CA, in DER.</summary>
    public byte[] MakePckList(DateTimeOffset from, DateTimeOffset until, params ReadOnlySpan<byte[]> revoked) => MakeList(_authority, _authorityKey, from, until, revoked);

    /// <summary>Makes a list in the name of the platform CA that another key has signed.</summary>
    public byte[] MakeForgedList(DateTimeOffset from, DateTimeOffset until) => MakeList(_authority, _signerKey, from, until, []);

    /// <summary>Signs a statement as Intel's service does: r and s over the very bytes.</summary>
    public byte[] SignStatement(ReadOnlySpan<byte> content) => _signerKey.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static byte[] MakeList(X509Certificate2 issuer, ECDsa key, DateTimeOffset from, DateTimeOffset until, ReadOnlySpan<byte[]> revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (byte[] der in revoked)
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
            list.AddEntry(certificate, from);
        }

        return list.Build(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(key), 1, until, HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1]), from);
    }

    private X509Certificate2 Issue(string name, ECDsa key, X509Certificate2 issuer, ECDsa issuerKey, Action<CertificateRequest> extend, DateTimeOffset? notAfter = null)
    {
        var request = new CertificateRequest("CN=" + name + Organization, key, HashAlgorithmName.SHA256);
        extend(request);
        return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), s_notBefore, notAfter ?? s_notAfter, [(byte)++_serial]);
    }

    private static void AddAuthority(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
    }
}
