using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Registry;
using ConfidentialOperator.Sidecar.Options;
using ConfidentialOperator.Sidecar.Setup;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>An artifact in an OCI registry, pulled by digest.</summary>
internal sealed class RegistryModelSource : IModelSource
{
    private const int LongestCredentials = 256 * 1024;
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _client;
    private readonly RegistryReader _reader;
    private readonly string _host;
    private OciManifest? _manifest;

    private RegistryModelSource(OciReference reference, RegistryCredentials credentials, string caPath)
    {
        // A registry sends readers of files on to where it keeps them; what proves an identity does not go along.
        var handler = new SocketsHttpHandler { ConnectTimeout = s_connectTimeout, UseCookies = false, MaxAutomaticRedirections = 5 };
        TrustedAuthorities.Pin(handler, caPath);
        _client = new HttpMessageInvoker(handler);
        _reader = new RegistryReader(_client, reference, credentials);
        _host = reference.Host;
    }

    /// <summary>Opens the artifact that the address names.</summary>
    public static bool TryCreate(ModelOptions model, [NotNullWhen(true)] out RegistryModelSource? source, [NotNullWhen(false)] out Refusal? refusal)
    {
        source = null;
        RegistryCredentials? credentials = RegistryCredentials.None;
        if (!OciReference.TryParse(model.Uri, out OciReference? reference, out refusal))
        {
            refusal = refusal with { Reason = RefusalReason.ModelSourceUnsupported };
            return false;
        }

        if (model.CredentialsPath.Length > 0 && !TryReadCredentials(model.CredentialsPath, out credentials, out refusal))
        {
            return false;
        }

        source = new RegistryModelSource(reference, credentials, model.CaPath);
        return true;
    }

    public async Task<SourceFile> OpenAsync(string name, long from, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_answerTimeout);
        try
        {
            if (_manifest is null)
            {
                Outcome<OciManifest> read = await _reader.ReadManifestAsync(deadline.Token).ConfigureAwait(false);
                if (!read.Accepted)
                {
                    return new SourceFile(null, 0, read.Refusal);
                }

                _manifest = read.Value;
            }

            if (_manifest.Find(name) is not { } file)
            {
                return SourceFile.Failed($"The artifact in the registry at {_host} has no file '{name}'.", RefusalReason.SealedFileMissing);
            }

            Outcome<PartialContent> opened = await _reader.OpenAsync(file, Math.Min(from, file.Size), deadline.Token).ConfigureAwait(false);
            return opened.Accepted ? new SourceFile(opened.Value.Content, opened.Value.From, null) : new SourceFile(null, 0, opened.Refusal);
        }
        catch (HttpRequestException exception)
        {
            return SourceFile.Failed($"The registry at {_host} could not be asked for '{name}': {exception.HttpRequestError}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SourceFile.Failed($"The registry at {_host} did not answer in time.");
        }
    }

    public void Dispose() => _client.Dispose();

    private static bool TryReadCredentials(string path, [NotNullWhen(true)] out RegistryCredentials? credentials, [NotNullWhen(false)] out Refusal? refusal)
    {
        credentials = null;
        try
        {
            if (new FileInfo(path).Length > LongestCredentials)
            {
                refusal = new(RefusalReason.TooLarge, $"The pull secret has more than {LongestCredentials} bytes.");
                return false;
            }

            byte[] secret = File.ReadAllBytes(path);
            bool isRead = RegistryCredentials.TryParse(secret, out credentials, out refusal);
            CryptographicOperations.ZeroMemory(secret);
            return isRead;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            refusal = new(RefusalReason.ModelFetchFailed, $"The pull secret cannot be read: {exception.GetType().Name}.");
            return false;
        }
    }
}
