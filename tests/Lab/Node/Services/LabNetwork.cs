using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ConfidentialOperator.Lab.Node.Services;

/// <summary>
/// The addresses of one Lab: a /16 of the loopback network, which needs no namespaces and no privileges. A listener on its first address
/// keeps other Labs of the machine out of it.
/// </summary>
internal sealed class LabNetwork : IDisposable
{
    private const int LockPort = 10256;
    private const int LowestPodThird = 1;
    private const int HighestPodThird = 200;

    private readonly Lock _gate = new();
    private readonly HashSet<IPAddress> _taken = [];
    private readonly Socket _lock;
    private readonly byte _second;
    private int _next;

    private LabNetwork(byte second, Socket socket)
    {
        _second = second;
        _lock = socket;
    }

    /// <summary>The node's own address.</summary>
    public IPAddress NodeAddress => Address(0, 1);

    /// <summary>The first two numbers of the addresses of services; the pods are kept out of the lowest thirds.</summary>
    public string ServiceNetwork => $"127.{_second}";

    /// <summary>Takes a free network.</summary>
    public static LabNetwork Take()
    {
        for (int attempt = 0; attempt < 500; attempt++)
        {
            byte second = (byte)RandomNumberGenerator.GetInt32(16, 250);
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(new IPAddress([127, second, 0, 1]), LockPort));
                socket.Listen(1);
                return new LabNetwork(second, socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        throw new InvalidOperationException("No free loopback network was found: are a few hundred Labs running on this machine?");
    }

    /// <summary>Takes an address for a pod; those given back come again last.</summary>
    public IPAddress TakePodAddress()
    {
        lock (_gate)
        {
            for (int attempt = 0; attempt < (HighestPodThird - LowestPodThird) * 250; attempt++)
            {
                int number = _next++ % ((HighestPodThird - LowestPodThird) * 250);
                IPAddress address = Address((byte)(LowestPodThird + (number / 250)), (byte)(1 + (number % 250)));
                if (_taken.Add(address)) return address;
            }
        }

        throw new InvalidOperationException("Every pod address of this Lab is taken.");
    }

    public void Return(IPAddress address)
    {
        lock (_gate) _taken.Remove(address);
    }

    public void Dispose() => _lock.Dispose();

    private IPAddress Address(byte third, byte fourth) => new([127, _second, third, fourth]);
}
