using System.Net;
using System.Net.Http.Headers;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>Reads a sealed model from a registry: its manifest by digest, and its files from any byte on.</summary>
/// <param name="http">Sends; it follows redirects.</param>
/// <param name="reference">The artifact, by digest.</param>
/// <param name="credentials">Names and passwords.</param>
public sealed class RegistryReader(HttpMessageInvoker http, OciReference reference, RegistryCredentials credentials)
{
    private readonly RegistrySession _session = new(http, reference, credentials);

    /// <summary>Reads the manifest and holds its bytes to the digest.</summary>
    public async Task<Outcome<OciManifest>> ReadManifestAsync(CancellationToken cancellationToken)
    {
        if (reference.Digest is null)
        {
            return new Refusal(RefusalReason.ModelSourceUnsupported, "A model is pulled by digest: end its address with @sha256: and the digest that 'cfm push' printed.");
        }

        Outcome<HttpResponseMessage> answered = await _session.SendAsync(MakeManifestRequest, cancellationToken).ConfigureAwait(false);
        if (!answered.Accepted)
        {
            return answered.Refusal;
        }

        using HttpResponseMessage response = answered.Value;
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Refused(response, reference.Target);
        }

        byte[]? body = await response.Content.ReadToEndAsync(OciManifest.LongestDocument, cancellationToken).ConfigureAwait(false);
        if (body is null)
        {
            return _session.Refused($"its manifest is longer than {OciManifest.LongestDocument} bytes", RefusalReason.TooLarge);
        }

        ByteString found = ByteString.Sha256(body);
        return found != reference.Digest
            ? new Refusal(RefusalReason.ChunkCorrupt, $"The registry at {reference.Host} gave a manifest of digest sha256:{found}; sha256:{reference.Digest} was asked for.")
            : OciManifest.TryParse(body, out OciManifest? manifest, out Refusal? refusal) ? manifest : refusal;
    }

    /// <summary>Opens a file. The stream is the caller's, who checks length and digest of what it gives.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">The byte to begin at.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The content, from <paramref name="from"/> on when the registry serves ranges, else from the beginning.</returns>
    public async Task<Outcome<PartialContent>> OpenAsync(OciDescriptor file, long from, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        Outcome<HttpResponseMessage> answered = await _session.SendAsync(() => MakeFileRequest(file, from), cancellationToken).ConfigureAwait(false);
        return answered.Accepted
            ? await PartialContent.TryOpenAsync(answered.Value, from, cancellationToken).ConfigureAwait(false) is { } content ? content : Dispose(answered.Value, file)
            : answered.Refusal;
    }

    private Refusal Dispose(HttpResponseMessage response, OciDescriptor file)
    {
        using (response)
        {
            return Refused(response, file.Title);
        }
    }

    private HttpRequestMessage MakeManifestRequest()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_session.Address, $"manifests/{reference.Target}"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(OciManifest.MediaType));
        return request;
    }

    private HttpRequestMessage MakeFileRequest(OciDescriptor file, long from)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_session.Address, $"blobs/sha256:{file.Digest}"));
        request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
        return request;
    }

    private Refusal Refused(HttpResponseMessage response, string what) => response.StatusCode == HttpStatusCode.NotFound
        ? _session.Refused($"it has no '{what}'", RefusalReason.SealedFileMissing) : _session.Refused($"it answered {(int)response.StatusCode} for '{what}'");
}
