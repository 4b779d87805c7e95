using System.Net;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Sidecar.Setup;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>
/// Which sibling has which key. Siblings are asked for their public keys when a request is sealed to a key that nobody here knows, at most once in a
/// while. A sibling that lies gets ciphertext that it cannot open.
/// </summary>
internal sealed class Siblings : IDisposable
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(2);

    private readonly PeerList _peers;
    private readonly ListenPorts _self;
    private readonly TimeProvider _time;
    private readonly ILogger<Siblings> _logger;
    private readonly SemaphoreSlim _turn = new(1);
    private IReadOnlyDictionary<string, IPEndPoint> _holders = new Dictionary<string, IPEndPoint>();
    private long _askedAt;
    private bool _asked;

    public Siblings(IOptions<SidecarOptions> options, ListenPorts self, TimeProvider time, ILogger<Siblings> logger)
    {
        _peers = PeerList.TryParse(options.Value.Peers, out PeerList? peers) ? peers : PeerList.None;
        (_self, _time, _logger) = (self, time, logger);
        Client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = s_timeout,
            MaxConnectionsPerServer = 256,
        });
    }

    /// <summary>Gets the client of siblings.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>Returns the address of the sibling that has the key; null when there is none.</summary>
    public async Task<IPEndPoint?> FindAsync(string keyName, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _holders).TryGetValue(keyName, out IPEndPoint? holder))
        {
            return holder;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_asked || _time.GetElapsedTime(_askedAt) > s_rest)
            {
                await AskAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }

        return Volatile.Read(ref _holders).TryGetValue(keyName, out holder) ? holder : null;
    }

    /// <summary>Forgets what is known: a sibling did not answer.</summary>
    public void Forget() => Volatile.Write(ref _holders, new Dictionary<string, IPEndPoint>());

    public void Dispose()
    {
        Client.Dispose();
        _turn.Dispose();
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<IPEndPoint> peers = await _peers.FindAsync(_self.Http, cancellationToken).ConfigureAwait(false);
        IReadOnlySet<string>[] answers = await Task.WhenAll(peers.Select(peer => KeysOfAsync(peer, cancellationToken))).ConfigureAwait(false);
        var holders = new Dictionary<string, IPEndPoint>(StringComparer.Ordinal);
        foreach ((IPEndPoint peer, IReadOnlySet<string> names) in peers.Zip(answers))
        {
            foreach (string name in names)
            {
                holders.TryAdd(name, peer);
            }
        }

        (_asked, _askedAt) = (true, _time.GetTimestamp());
        Volatile.Write(ref _holders, holders);
        _logger.SiblingsFound(peers.Count, holders.Count);
    }

    private async Task<IReadOnlySet<string>> KeysOfAsync(IPEndPoint peer, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(s_timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{peer}{SealedRelay.Path}"));
        try
        {
            using HttpResponseMessage response = await Client.SendAsync(request, deadline.Token).ConfigureAwait(false);
            byte[]? list = response.IsSuccessStatusCode
                ? await response.Content.ReadToEndAsync(KeyConfiguration.LongestList, deadline.Token).ConfigureAwait(false) : null;
            return SealingKeys.Names(list);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return new HashSet<string>();
        }
    }
}
