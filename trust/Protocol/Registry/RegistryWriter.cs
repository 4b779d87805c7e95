using System.Net;
using System.Net.Http.Headers;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>Writes a sealed model to a registry: files that are not there yet, then the manifest.</summary>
/// <param name="http">Sends; it must not follow redirects, since an upload's place is told in an answer.</param>
/// <param name="reference">The repository, and the tag under which the artifact is to be found.</param>
/// <param name="credentials">Names and passwords.</param>
public sealed class RegistryWriter(HttpMessageInvoker http, OciReference reference, RegistryCredentials credentials)
{
    private readonly RegistrySession _session = new(http, reference, credentials);

    /// <summary>Writes a file; returns whether it had to be sent.</summary>
    /// <param name="file">Digest and size.</param>
    /// <param name="open">Opens the content; it is called for each attempt.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(bool Sent, Refusal? Refusal)> WriteAsync(OciDescriptor file, Func<Stream> open, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(open);
        Outcome<HttpResponseMessage> there = await _session.SendAsync(() => new(HttpMethod.Head, Blob(file)), cancellationToken).ConfigureAwait(false);
        if (!there.Accepted)
        {
            return (false, there.Refusal);
        }

        using (there.Value)
        {
            if (there.Value.StatusCode == HttpStatusCode.OK)
            {
                return (false, null);
            }
        }

        Outcome<Uri> place = await BeginAsync(cancellationToken).ConfigureAwait(false);
        return place.Accepted ? (true, await SendAsync(place.Value, file, open, cancellationToken).ConfigureAwait(false)) : (false, place.Refusal);
    }

    /// <summary>Writes the manifest under the reference's tag, or under its digest when there is no tag.</summary>
    /// <param name="manifest">The document.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Refusal?> WriteManifestAsync(byte[] manifest, CancellationToken cancellationToken)
    {
        string target = reference.Tag.Length > 0 ? reference.Tag : $"sha256:{ByteString.Sha256(manifest)}";
        Outcome<HttpResponseMessage> answered = await _session.SendAsync(() => new(HttpMethod.Put, new Uri(_session.Address, $"manifests/{target}"))
        {
            Content = new ByteArrayContent(manifest) { Headers = { ContentType = new MediaTypeHeaderValue(OciManifest.MediaType) } },
        }, cancellationToken).ConfigureAwait(false);
        return answered.Accepted ? Expect(answered.Value, HttpStatusCode.Created, "manifest") : answered.Refusal;
    }

    private async Task<Outcome<Uri>> BeginAsync(CancellationToken cancellationToken)
    {
        Outcome<HttpResponseMessage> answered = await _session.SendAsync(
            () => new(HttpMethod.Post, new Uri(_session.Address, "blobs/uploads/")) { Content = new ByteArrayContent([]) }, cancellationToken).ConfigureAwait(false);
        if (!answered.Accepted)
        {
            return answered.Refusal;
        }

        using HttpResponseMessage response = answered.Value;
        Uri? location = response.StatusCode == HttpStatusCode.Accepted ? response.Headers.Location : null;
        Uri? place = location is null ? null : location.IsAbsoluteUri ? location : new Uri(_session.Address, location);
        return place is null || (place.Scheme != Uri.UriSchemeHttps && !(_session.Address.IsLoopback && place.IsLoopback))
            ? _session.Refused($"it answered {(int)response.StatusCode} to an upload and told no place for it") : place;
    }

    private async Task<Refusal?> SendAsync(Uri place, OciDescriptor file, Func<Stream> open, CancellationToken cancellationToken)
    {
        string digest = $"digest=sha256:{file.Digest}";
        Uri target = new UriBuilder(place) { Query = place.Query.Length > 1 ? $"{place.Query[1..]}&{digest}" : digest }.Uri;
        Outcome<HttpResponseMessage> answered = await _session.SendAsync(() => new(HttpMethod.Put, target)
        {
            Content = new StreamContent(open())
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream"), ContentLength = file.Size },
            },
        }, cancellationToken).ConfigureAwait(false);
        return answered.Accepted ? Expect(answered.Value, HttpStatusCode.Created, file.Title) : answered.Refusal;
    }

    private Refusal? Expect(HttpResponseMessage response, HttpStatusCode status, string what)
    {
        using (response)
        {
            return response.StatusCode == status ? null : _session.Refused($"it answered {(int)response.StatusCode} to the upload of '{what}'");
        }
    }

    private Uri Blob(OciDescriptor file) => new(_session.Address, $"blobs/sha256:{file.Digest}");
}
