using System.Net;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Rendering;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Broker;

/// <summary>Asks the Sidecars of pods that are not ready what they wait for. Their answers are shown and decide nothing.</summary>
internal sealed class SidecarClient(IOptions<ControllerOptions> options) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        MaxResponseContentBufferSize = 64 * 1024,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Reads the status of a pod; null when it does not answer.</summary>
    public async Task<SidecarStatus?> ReadAsync(string address, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(address, out IPAddress? ip))
        {
            return null;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.SidecarTimeout);
        try
        {
            Uri url = new($"http://{new IPEndPoint(ip, Names.HttpPort)}/v1/status");
            byte[] body = await _client.GetByteArrayAsync(url, limit.Token).ConfigureAwait(false);
            return Contract.TryRead(body, out SidecarStatus? status, out _) ? status : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}
