using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ConfidentialOperator.Sidecar.Setup;

/// <summary>Makes a client trust the authorities of a PEM file and no others. The host's name is checked in any case.</summary>
internal static class TrustedAuthorities
{
    /// <summary>Pins the authorities; an empty path leaves those of the system. Throws <see cref="InvalidDataException"/> when the file has none.</summary>
    public static void Pin(SocketsHttpHandler handler, string caPath)
    {
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (caPath.Length == 0)
        {
            return;
        }

        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(Read(caPath));
    }

    private static X509Certificate2Collection Read(string caPath)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(caPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidDataException($"The certificate file '{caPath}' cannot be read: {exception.GetType().Name}.", exception);
        }

        return authorities.Count > 0 ? authorities : throw new InvalidDataException($"The certificate file '{caPath}' holds no certificate.");
    }
}
