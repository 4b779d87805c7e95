using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Writes a kubeconfig that kubectl and client libraries read; contexts <c>token</c> (current) and <c>certificate</c>.</summary>
internal static class KubeconfigFile
{
    public static string Write(string folder, Uri server, Credentials credentials)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "kubeconfig");
        using ECDsa? key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(credentials.Client);
        string text = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: test
              cluster:
                server: {server.ToString().TrimEnd('/')}
                certificate-authority-data: {Base64(credentials.AuthorityPem)}
            users:
            - name: token
              user:
                token: {credentials.Token}
            - name: certificate
              user:
                client-certificate-data: {Base64(credentials.Client.ExportCertificatePem())}
                client-key-data: {Base64(key!.ExportPkcs8PrivateKeyPem())}
            contexts:
            - name: token
              context:
                cluster: test
                user: token
                namespace: default
            - name: certificate
              context:
                cluster: test
                user: certificate
                namespace: default
            current-context: token

            """;
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter writer = new(path, Encoding.ASCII, options);
        writer.Write(text);
        return path;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
