using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>Asks over a Unix socket, as somebody with root on the node could if the node's kernel were the guest's.</summary>
internal static class UnixHttp
{
    public static JsonNode? Get(string socket, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(socket));
            client.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: inference\r\nConnection: close\r\n\r\n"));
            StringBuilder answer = new();
            byte[] buffer = new byte[8192];
            for (int read = client.Receive(buffer); read > 0; read = client.Receive(buffer)) answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
            string text = answer.ToString();
            int start = text.IndexOf('{', StringComparison.Ordinal);
            int end = text.LastIndexOf('}');
            return start >= 0 && end > start ? JsonNode.Parse(text[start..(end + 1)]) : null;
        }
        catch (Exception exception) when (exception is SocketException or JsonException)
        {
            return null;
        }
    }
}
