using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>HTTP clients for the two Unix sockets of Inference. A connection is opened anew when Inference began anew.</summary>
internal sealed class InferenceSockets : IDisposable
{
    private static readonly TimeSpan s_connectTimeout = TimeSpan.FromSeconds(5);

    public InferenceSockets(IOptions<SidecarOptions> options)
    {
        Control = Client(Path.Combine(options.Value.RuntimeDirectory, "keys.sock"));
        Sealed = Client(Path.Combine(options.Value.RuntimeDirectory, "inference.sock"));
    }

    /// <summary>Gets the client of the control socket.</summary>
    public HttpMessageInvoker Control { get; }

    /// <summary>Gets the client of the socket for ciphertext.</summary>
    public HttpMessageInvoker Sealed { get; }

    public void Dispose()
    {
        Control.Dispose();
        Sealed.Dispose();
    }

    private static HttpMessageInvoker Client(string path) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = s_connectTimeout,
        MaxConnectionsPerServer = int.MaxValue,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    });
}
