using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Keys;
using ConfidentialOperator.KeyBroker.Storage;

namespace ConfidentialOperator.KeyBroker.Setup;

/// <summary>
/// <c>init FOLDER --host NAME…</c>: makes everything that a broker needs before its first start. Files that are there already are kept, so
/// it can be run again; none is ever replaced.
/// </summary>
internal static class InitCommand
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    public static int Run(string folder, IReadOnlyList<string> hosts, string urls, TimeProvider time, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.Combine(folder, "tenants"));
        Make(folder, "kek.key", output, NewKek);
        using ECDsa token = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Make(folder, "token.key", output, () => Encoding.ASCII.GetBytes(token.ExportPkcs8PrivateKeyPem()));
        using ECDsa audit = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (Make(folder, "audit.key", output, () => Encoding.ASCII.GetBytes(audit.ExportPkcs8PrivateKeyPem())))
        {
            Make(folder, "audit.pub", output, () => Encoding.ASCII.GetBytes(audit.ExportSubjectPublicKeyInfoPem()));
        }

        if (!File.Exists(Path.Combine(folder, "tls.key")))
        {
            MakeCertificate(folder, hosts, time, output);
        }

        Make(folder, "broker.json", output, () => Configuration(hosts, urls));
        return 0;
    }

    private static bool Make(string folder, string name, TextWriter output, Func<byte[]> content)
    {
        string path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            output.WriteLine($"kept {path}");
            return false;
        }

        byte[] bytes = content();
        PrivateFile.Write(path, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        output.WriteLine($"made {path}");
        return true;
    }

    private static byte[] NewKek()
    {
        byte[] key = RandomNumberGenerator.GetBytes(KeyEncryptionKey.Size);
        byte[] text = new byte[System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(key.Length)];
        System.Buffers.Text.Base64.EncodeToUtf8(key, text, out _, out _);
        CryptographicOperations.ZeroMemory(key);
        return text;
    }

    private static void MakeCertificate(string folder, IReadOnlyList<string> hosts, TimeProvider time, TextWriter output)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts)
        {
            if (IPAddress.TryParse(host, out IPAddress? address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        // Its own root: clients are given this file as their only authority.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(2));
        Make(folder, "tls.key", output, () => Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        Make(folder, "tls.crt", output, () => Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
    }

    private static byte[] Configuration(IReadOnlyList<string> hosts, string urls)
    {
        int port = new Uri(urls.Replace("//*", "//any", StringComparison.Ordinal).Replace("//+", "//any", StringComparison.Ordinal)).Port;
        var section = new Dictionary<string, object>
        {
            ["Urls"] = urls,
            ["PublicUrl"] = $"https://{hosts[0]}:{port}",
            ["CertificatePath"] = "tls.crt",
            ["CertificateKeyPath"] = "tls.key",
            ["DatabasePath"] = "broker.db",
            ["KekPath"] = "kek.key",
            ["TokenKeyPath"] = "token.key",
            ["AuditKeyPath"] = "audit.key",
            ["TenantsDirectory"] = "tenants",
        };
        return JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { [KeyBrokerOptions.Section] = section }, s_json);
    }
}
