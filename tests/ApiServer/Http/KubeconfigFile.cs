using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Writes a kubeconfig that kubectl and client libraries read; contexts <c>token</c> (current) and <c>certificate</c>.</summary>
internal static class KubeconfigFile
{
    public static string Write(string folder, Uri server, Credentials credentials)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "kubeconfig");
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter writer = new(path, Encoding.ASCII, options);
        writer.Write(Text(server, credentials));
        return path;
    }

    private static string Text(Uri server, Credentials credentials)
    {
        using ECDsa? key = credentials.Client.GetECDsaPrivateKey();
        return $"""
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
              context: {Context("token")}
            - name: certificate
              context: {Context("certificate")}
            current-context: token

            """;
    }

    private static string Context(string user) => $"{{cluster: test, user: {user}, namespace: default}}";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
