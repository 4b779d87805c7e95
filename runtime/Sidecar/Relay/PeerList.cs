using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ConfidentialOperator.Sidecar.Relay;

/// <summary>Where siblings are found: the addresses behind a DNS name, or the lines of a file that somebody keeps current.</summary>
internal sealed class PeerList
{
    /// <summary>The most siblings that are looked at.</summary>
    public const int Most = 64;

    private const int LongestFile = 64 * 1024;

    private readonly string _file = "";
    private readonly string _name = "";
    private readonly int _port;

    private PeerList(string file, string name, int port) => (_file, _name, _port) = (file, name, port);

    public static PeerList None { get; } = new("", "", 0);

    public static bool TryParse(string text, [NotNullWhen(true)] out PeerList? peers)
    {
        peers = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length > 0 || uri.Query.Length > 0 || uri.AbsolutePath.Length < 2)
        {
            return false;
        }

        if (uri.Scheme == "file")
        {
            peers = new PeerList(uri.LocalPath, "", 0);
            return true;
        }

        string[] parts = uri.AbsolutePath[1..].Split(':');
        bool valid = uri.Scheme == "dns" && parts.Length == 2 && Uri.CheckHostName(parts[0]) == UriHostNameType.Dns
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536;
        peers = valid ? new PeerList("", parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture)) : null;
        return valid;
    }

    /// <summary>Returns the siblings' addresses without our own; empty when nothing can be found out.</summary>
    public async Task<IReadOnlyList<IPEndPoint>> FindAsync(IPEndPoint self, CancellationToken cancellationToken)
    {
        try
        {
            IEnumerable<IPEndPoint> found = _file.Length > 0 ? await ReadAsync(cancellationToken).ConfigureAwait(false)
                : _name.Length > 0 ? (await Dns.GetHostAddressesAsync(_name, cancellationToken).ConfigureAwait(false)).Select(address => new IPEndPoint(address, _port))
                : [];
            return [.. found.Where(peer => !peer.Equals(self)).Distinct().Take(Most)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException)
        {
            return [];
        }
    }

    private async Task<IEnumerable<IPEndPoint>> ReadAsync(CancellationToken cancellationToken)
    {
        if (new FileInfo(_file) is not { Exists: true, Length: <= LongestFile })
        {
            return [];
        }

        string[] lines = await File.ReadAllLinesAsync(_file, cancellationToken).ConfigureAwait(false);
        return lines.Select(line => IPEndPoint.TryParse(line.Trim(), out IPEndPoint? peer) && peer.Port > 0 ? peer : null).OfType<IPEndPoint>();
    }
}
