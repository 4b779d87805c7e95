using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Running;

/// <summary>Makes connections that trust the system's authorities, or the given ones and no others.</summary>
internal static class TrustedHttp
{
    private const int LongestAuthorities = 1024 * 1024;
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(5);

    public static SocketsHttpHandler Handler(FileInfo? authorities)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = s_connect,
            PooledConnectionLifetime = s_connectionLifetime,
            EnableMultipleHttp2Connections = true,
        };
        if (authorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = Policy(authorities);
        }

        return handler;
    }

    public static Uri Address(string? given, string? fromEnvironment, string option, string variable)
    {
        string text = given ?? fromEnvironment ?? throw new CommandRefusedException(RefusalReason.Malformed, $"Give {option} or set {variable}.");
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 ? address
            : throw new CommandRefusedException(RefusalReason.Malformed, $"{option} must be an http or https address without credentials.");
    }

    private static X509ChainPolicy Policy(FileInfo authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,

            // A private authority has no revocation list that everybody can reach.
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPem(InputFile.Text(authorities, LongestAuthorities));
        }
        catch (CryptographicException)
        {
            policy.CustomTrustStore.Clear();
        }

        return policy.CustomTrustStore.Count > 0 ? policy
            : throw new CommandRefusedException(RefusalReason.Malformed, $"'{authorities}' has no certificate in PEM.");
    }
}
