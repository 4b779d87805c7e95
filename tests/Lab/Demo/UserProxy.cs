using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Demo;

/// <summary><c>cfm proxy</c> on the user's machine: plain OpenAI on loopback, sealed from there on.</summary>
internal sealed class UserProxy : IAsyncDisposable
{
    private readonly Daemon _daemon;

    private UserProxy(Daemon daemon, Uri address)
    {
        _daemon = daemon;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<UserProxy> StartAsync(Stage stage, CancellationToken cancellationToken)
    {
        int port = FreePort();
        Uri address = new($"http://127.0.0.1:{port}");
        string configuration = Path.Combine(stage.Cluster.Folders.Data, "proxy.yaml");
        await File.WriteAllTextAsync(configuration, await ConfigurationAsync(stage, cancellationToken), cancellationToken);
        Daemon daemon = await Daemon.StartAsync("proxy", new ProcessOrder
        {
            Program = Programs.Cfm,
            Arguments = ["proxy", "--listen", $"127.0.0.1:{port}", "--config", configuration],
            Environment = Programs.Environment([new("CFM_STATE_DIR", Path.Combine(stage.Cluster.Folders.Data, "state"))]),
            WorkingDirectory = stage.Cluster.Folders.Data,
            LogPath = Path.Combine(stage.Cluster.Folders.Logs, "proxy.log"),
        });
        using HttpClient client = new() { BaseAddress = address };
        await daemon.ReadyAsync(async () => await AnswersAsync(client), cancellationToken);
        return new UserProxy(daemon, address);
    }

    /// <summary>A plain HTTP client with a caller's key, as any program of the user has.</summary>
    public HttpClient CreateClient(string? callerKey)
    {
        HttpClient client = new() { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(2) };
        if (callerKey is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", callerKey);
        return client;
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> ConfigurationAsync(Stage stage, CancellationToken cancellationToken)
    {
        JsonArray models = [];
        foreach (string model in stage.Names)
        {
            models.Add((JsonNode)new JsonObject
            {
                ["endpoint"] = (await stage.User.EndpointAsync(model, cancellationToken)).ToString(),
                ["policy"] = stage.Owner.Policy(model),
                ["owners"] = new JsonArray(stage.Owner.OwnerPublicKey),
                ["developmentRoots"] = new JsonArray(stage.Cluster.DevelopmentRoot),
            });
        }

        return new JsonObject { ["models"] = models }.ToJsonString();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
