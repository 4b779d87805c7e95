using System.Net;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Registry;
using ConfidentialOperator.Sidecar.Setup;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>A folder on a web server or in an object store.</summary>
internal sealed class HttpsModelSource : IModelSource
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_answerTimeout = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _client;
    private readonly Uri _folder;

    public HttpsModelSource(Uri folder, string caPath)
    {
        _folder = folder;
        var handler = new SocketsHttpHandler { ConnectTimeout = s_connectTimeout, UseCookies = false, MaxAutomaticRedirections = 5 };
        TrustedAuthorities.Pin(handler, caPath);
        _client = new HttpMessageInvoker(handler);
    }

    public async Task<SourceFile> OpenAsync(string name, long from, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_answerTimeout);
        try
        {
            HttpResponseMessage response = await AskAsync(name, from, deadline.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // The file is shorter than what an earlier attempt got of it: it is another file now.
                response.Dispose();
                response = await AskAsync(name, 0, deadline.Token).ConfigureAwait(false);
            }

            if (await PartialContent.TryOpenAsync(response, from, cancellationToken).ConfigureAwait(false) is { } content)
            {
                return new SourceFile(content.Content, content.From, null);
            }

            using (response)
            {
                return response.StatusCode == HttpStatusCode.NotFound
                    ? SourceFile.Failed($"The model's source has no '{name}'.", RefusalReason.SealedFileMissing)
                    : SourceFile.Failed($"The model's source answered {(int)response.StatusCode} for '{name}'.");
            }
        }
        catch (HttpRequestException exception)
        {
            return SourceFile.Failed($"The model's source at {_folder.Host} could not be asked for '{name}': {exception.HttpRequestError}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SourceFile.Failed($"The model's source at {_folder.Host} did not answer in time.");
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> AskAsync(string name, long from, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(name));
        request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
        return await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    // A query of the folder's address, such as an access token, goes along with every file.
    private Uri Address(string name)
    {
        string path = _folder.AbsolutePath.TrimEnd('/') + '/' + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
        return new UriBuilder(_folder) { Path = path }.Uri;
    }
}
