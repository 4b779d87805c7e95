using System.Net;
using System.Net.Sockets;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>One port of one Service: takes connections and hands each to the next ready pod, byte by byte and without a look at them.</summary>
internal sealed class ServiceForwarder : IAsyncDisposable
{
    private const int FirstFreePort = 1024;
    private const int PortsAbove = 8000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly TcpListener _listener;
    private readonly Task _loop;
    private volatile IReadOnlyList<IPEndPoint> _targets = [];
    private int _next;

    public ServiceForwarder(IPAddress address, int port)
    {
        _listener = Listen(address, port);
        _loop = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens: the Service's port, or 8000 above it where this account may not listen below 1024.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Sees the bytes of every connection, as somebody on the wire would.</summary>
    public Wiretap? Tap { get; set; }

    public void Send(IReadOnlyList<IPEndPoint> targets) => _targets = targets;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private static TcpListener Listen(IPAddress address, int port)
    {
        TcpListener listener = new(address, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.AccessDenied && port < FirstFreePort)
        {
            listener.Dispose();
            return Listen(address, port + PortsAbove);
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client = await _listener.AcceptSocketAsync(_stopping.Token);
            _ = Task.Run(() => ForwardAsync(client));
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using Socket source = client;
        source.NoDelay = true;
        using Socket? target = await ConnectAsync();
        if (target is null) return;
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAll(CopyAsync(source, target, true, ended), CopyAsync(target, source, false, ended)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<Socket?> ConnectAsync()
    {
        IReadOnlyList<IPEndPoint> targets = _targets;
        for (int attempt = 0; attempt < targets.Count; attempt++)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(targets[(int)((uint)Interlocked.Increment(ref _next) % (uint)targets.Count)], _stopping.Token);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    /// <summary>Copies one direction; its end ends the sending side of the other, and an error ends both.</summary>
    private async Task CopyAsync(Socket from, Socket to, bool fromClient, CancellationTokenSource ended)
    {
        byte[] buffer = new byte[16384];
        try
        {
            for (int read = await from.ReceiveAsync(buffer, ended.Token); read > 0; read = await from.ReceiveAsync(buffer, ended.Token))
            {
                Tap?.See(fromClient, buffer.AsSpan(0, read));
                for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), ended.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            await ended.CancelAsync();
        }
    }
}
