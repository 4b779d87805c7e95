using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.FakeTee.Pki;

/// <summary>
/// A development stand-in for AMD's certificates: a root (ARK) and an intermediate (ASK) with RSA-4096 keys and RSASSA-PSS signatures, as the real
/// ones have. Making the keys takes seconds, so the same set is kept in a folder and used again.
/// </summary>
public sealed class SoftwarePki
{
    private const int KeySize = 4096;
    private const string RootFile = "ark.pem";
    private const string RootKeyFile = "ark.key";
    private const string IntermediateFile = "ask.pem";
    private const string IntermediateKeyFile = "ask.key";
    private static readonly DateTimeOffset s_notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_notAfter = new(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<SoftwarePki> s_shared = new(() => Create());

    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    private SoftwarePki(X509Certificate2 root, X509Certificate2 intermediate)
    {
        _root = root;
        _intermediate = intermediate;
    }

    /// <summary>Gets what stands in every name beside its common name.</summary>
    public string Organization { get; private init; } = "O=ConfidentialOperator development";

    /// <summary>Gets the root as PEM: what a broker or client is configured with as a development root.</summary>
    public string RootPem => _root.ExportCertificatePem() + "\n";

    /// <summary>Gets the intermediate and the root as PEM, as AMD's key service gives them.</summary>
    public string ChainPem => _intermediate.ExportCertificatePem() + "\n" + RootPem;

    /// <summary>Gets the root in DER.</summary>
    public byte[] RootDer => _root.RawData;

    /// <summary>Gets the intermediate in DER.</summary>
    public byte[] IntermediateDer => _intermediate.RawData;

    /// <summary>Gets the set of this process, for whoever needs no other: its keys are made at the first use.</summary>
    public static SoftwarePki Shared => s_shared.Value;

    /// <summary>Makes a new set of keys.</summary>
    /// <param name="name">What the names of its authorities end in.</param>
    /// <param name="organization">The rest of every name.</param>
    public static SoftwarePki Create(string name = "Software", string organization = "O=ConfidentialOperator development")
    {
        RSA rootKey = RSA.Create(KeySize);
        var rootRequest = new CertificateRequest($"CN=ARK-{name}, {organization}", rootKey, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        AddCaExtensions(rootRequest);
        X509Certificate2 root = rootRequest.CreateSelfSigned(s_notBefore, s_notAfter);
        RSA key = RSA.Create(KeySize);
        var request = new CertificateRequest($"CN=SEV-{name}, {organization}", key, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        AddCaExtensions(request);
        using X509Certificate2 intermediate = request.Create(
            root.SubjectName, X509SignatureGenerator.CreateForRSA(rootKey, RSASignaturePadding.Pss), s_notBefore, s_notAfter, [1]);
        return new SoftwarePki(root, intermediate.CopyWithPrivateKey(key)) { Organization = organization };
    }

    /// <summary>Reads the set from a folder, or makes it and stores it there for the next time.</summary>
    public static SoftwarePki LoadOrCreate(string folder)
    {
        string Path(string name) => System.IO.Path.Combine(folder, name);
        if (File.Exists(Path(IntermediateKeyFile)))
        {
            return new SoftwarePki(
                X509Certificate2.CreateFromPemFile(Path(RootFile), Path(RootKeyFile)),
                X509Certificate2.CreateFromPemFile(Path(IntermediateFile), Path(IntermediateKeyFile)));
        }

        SoftwarePki made = Create();
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path(RootFile), made.RootPem);
        File.WriteAllText(Path(RootKeyFile), made._root.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path(IntermediateFile), made._intermediate.ExportCertificatePem());

        // Written under another name and renamed, so that a folder with this file is complete.
        string partial = Path($"{IntermediateKeyFile}.{Environment.ProcessId}");
        File.WriteAllText(partial, made._intermediate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.Move(partial, Path(IntermediateKeyFile), overwrite: true);
        return made;
    }

    /// <summary>Makes a processor: a signing key (VCEK) with a certificate that names its chip and its TCB, or one of another shape.</summary>
    public SoftwareChip MakeChip(SnpProduct product = SnpProduct.Milan, SnpTcb? tcb = null, ByteString? chipId = null, ChipShape? shape = null)
    {
        tcb ??= new SnpTcb(0, 4, 0, 24, 219);
        shape ??= new ChipShape();
        ByteString id = chipId ?? RandomChipId(product);
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest($"CN={shape.CommonName}, {Organization}", key, HashAlgorithmName.SHA384);
        ChipExtensions.Add(request, product, tcb, product == SnpProduct.Turin ? id.Span[..8] : id.Span, shape);
        if (shape.IsAuthority)
        {
            AddCaExtensions(request);
        }

        X509Certificate2 issuer = shape.BelowRoot ? _root : shape.BelowVlekIntermediate ? MakeVlekIntermediate() : _intermediate;
        X509SignatureGenerator signer = X509SignatureGenerator.CreateForRSA((shape.BelowRoot ? _root : _intermediate).GetRSAPrivateKey()!, RSASignaturePadding.Pss);
        using X509Certificate2 certificate = request.Create(issuer.SubjectName, signer, s_notBefore, s_notAfter, [0]);
        return new SoftwareChip(key, certificate.RawData, product, tcb, id, [issuer.RawData, _root.RawData]);
    }

    /// <summary>Makes a revocation list of the root, in DER; it names the intermediate or nothing.</summary>
    public byte[] MakeRevocationList(DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, bool revokesIntermediate)
    {
        var list = new CertificateRevocationListBuilder();
        if (revokesIntermediate)
        {
            list.AddEntry(_intermediate, thisUpdate);
        }

        return list.Build(_root.SubjectName, X509SignatureGenerator.CreateForRSA(_root.GetRSAPrivateKey()!, RSASignaturePadding.Pss), 1, nextUpdate,
            HashAlgorithmName.SHA384, X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1]), thisUpdate);
    }

    /// <summary>The intermediate for providers' keys; it has the other one's key, since making another takes seconds.</summary>
    private X509Certificate2 MakeVlekIntermediate()
    {
        string name = _intermediate.GetNameInfo(X509NameType.SimpleName, false).Replace("SEV-", "SEV-VLEK-", StringComparison.Ordinal);
        var request = new CertificateRequest($"CN={name}, {Organization}", _intermediate.GetRSAPrivateKey()!, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        AddCaExtensions(request);
        return request.Create(_root.SubjectName, X509SignatureGenerator.CreateForRSA(_root.GetRSAPrivateKey()!, RSASignaturePadding.Pss), s_notBefore, s_notAfter, [2]);
    }

    private static ByteString RandomChipId(SnpProduct product)
    {
        byte[] id = new byte[64];
        RandomNumberGenerator.Fill(id.AsSpan(0, product == SnpProduct.Turin ? 8 : id.Length));
        return new ByteString(id);
    }

    private static void AddCaExtensions(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
    }
}
