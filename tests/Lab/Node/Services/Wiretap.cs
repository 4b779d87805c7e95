using System.Buffers;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>Everything that went over a wire while somebody listened.</summary>
internal sealed class Wiretap
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _fromClients = new();
    private readonly ArrayBufferWriter<byte> _fromServers = new();

    public void See(bool fromClient, ReadOnlySpan<byte> bytes)
    {
        lock (_gate) (fromClient ? _fromClients : _fromServers).Write(bytes);
    }

    /// <summary>What clients sent.</summary>
    public byte[] Requests()
    {
        lock (_gate) return _fromClients.WrittenSpan.ToArray();
    }

    /// <summary>What servers answered.</summary>
    public byte[] Answers()
    {
        lock (_gate) return _fromServers.WrittenSpan.ToArray();
    }

    /// <summary>Whether some bytes went over the wire, in either direction.</summary>
    public bool Holds(ReadOnlySpan<byte> needle)
    {
        lock (_gate) return _fromClients.WrittenSpan.IndexOf(needle) >= 0 || _fromServers.WrittenSpan.IndexOf(needle) >= 0;
    }
}
