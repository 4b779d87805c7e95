using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>What somebody on the wire between a user and a guest can do.</summary>
internal sealed class WireAttacks(Stage stage)
{
    private const string Model = "demo-faq";
    private const string Gateway = "POST /.well-known/ohttp-gateway";

    private readonly ServiceForwarder _wire = stage.User.Wire(Model);

    public async Task<Proof> CaptureAsync(CancellationToken cancellationToken)
    {
        Wiretap tap = new();
        _wire.Tap = tap;
        string answer = await AskThroughProxyAsync(stage.Owner.CallerKey, cancellationToken);
        _wire.Tap = null;
        if (JsonNode.Parse(answer).Items("choices").FirstOrDefault().Text("message", "content")?.Trim() != Faq.Answer) return Proof.Of(false, answer);
        string? seen = Faq.Words.Append(stage.Owner.CallerKey).FirstOrDefault(word => tap.Holds(Encoding.UTF8.GetBytes(word)));
        bool listened = tap.Holds(Encoding.ASCII.GetBytes(Gateway));
        return Proof.Of(seen is null && listened, seen is not null ? $"\"{seen}\" was on the wire"
            : $"{tap.Requests().Length + tap.Answers().Length} bytes, searched for {Faq.Words.Count} words and the caller's key");
    }

    public async Task<Proof> ReplayAsync(CancellationToken cancellationToken)
    {
        Wiretap tap = new();
        _wire.Tap = tap;
        Uri endpoint = await stage.User.EndpointAsync(Model, cancellationToken);
        ToolResult asked = await stage.User.ChatAsync(Model, endpoint, Faq.Question, cancellationToken);
        _wire.Tap = null;
        byte[] sent = tap.Requests();
        int start = sent.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Gateway));
        if (asked.Code != 0 || start < 0) return Proof.Of(false, $"nothing was captured: {asked.LastLine}");
        string answer = await SendRawAsync(sent.AsMemory(start), cancellationToken);
        return Proof.Of(answer.StartsWith("HTTP/1.1 409", StringComparison.Ordinal) && answer.Contains("RequestReplayed", StringComparison.Ordinal),
            $"{answer.Split('\r')[0]}, RequestReplayed");
    }

    public async Task<Proof> AskWithoutKeyAsync(CancellationToken cancellationToken)
    {
        Wiretap tap = new();
        _wire.Tap = tap;
        using HttpClient client = stage.Proxy.CreateClient(null);
        using HttpResponseMessage response = await client.PostAsJsonAsync(new Uri("/v1/chat/completions", UriKind.Relative), Body(), cancellationToken);
        string inner = await response.Content.ReadAsStringAsync(cancellationToken);
        _wire.Tap = null;
        string outer = Encoding.Latin1.GetString(tap.Answers());
        bool refused = (int)response.StatusCode == 401 && JsonNode.Parse(inner).Find("error") is JsonObject;
        string[] statuses = [.. outer.Split("\r\n").Where(line => line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))];
        bool blind = statuses.Length > 0 && statuses.All(line => line == "HTTP/1.1 200 OK")
            && !outer.Contains("Caller", StringComparison.Ordinal) && !outer.Contains("api_key", StringComparison.Ordinal);
        return Proof.Of(refused && blind,
            $"the user sees {(int)response.StatusCode} {JsonNode.Parse(inner).Text("error", "code")}, the wire sees {statuses.FirstOrDefault() ?? "nothing"}");
    }

    public async Task<Proof> OtherGuestAsync(CancellationToken cancellationToken)
    {
        ServiceForwarder other = stage.User.Wire("wdbc");
        Wiretap tap = new();
        other.Tap = tap;
        Uri endpoint = await stage.User.EndpointAsync("wdbc", cancellationToken);
        ToolResult asked = await stage.User.ChatAsync(Model, endpoint, Faq.Question, cancellationToken);
        other.Tap = null;
        string sent = Encoding.Latin1.GetString(tap.Requests());
        bool onlyEvidence = sent.Contains("GET /.well-known/confidential-model/attestation", StringComparison.Ordinal)
            && !sent.Contains("POST", StringComparison.Ordinal);
        return Proof.Of(asked.Code == 10 && onlyEvidence, $"exit code {asked.Code}, {asked.LastLine}");
    }

    private async Task<string> AskThroughProxyAsync(string key, CancellationToken cancellationToken)
    {
        using HttpClient client = stage.Proxy.CreateClient(key);
        using HttpResponseMessage response = await client.PostAsJsonAsync(new Uri("/v1/chat/completions", UriKind.Relative), Body(), cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private static JsonObject Body() => new()
    {
        ["model"] = Model,
        ["temperature"] = 0,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Faq.Question }),
    };

    private async Task<string> SendRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        await client.ConnectAsync(_wire.Address, cancellationToken);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(bytes, cancellationToken);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        StringBuilder answer = new();
        byte[] buffer = new byte[8192];
        while (!answer.ToString().Contains("RequestReplayed", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, limit.Token);
            if (read == 0) break;
            answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }
}
