using System.Net;
using System.Net.Sockets;
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
        List<string> arguments = ["proxy", "--listen", $"127.0.0.1:{port}"];
        foreach (string model in stage.Names)
        {
            Uri endpoint = await stage.User.EndpointAsync(model, cancellationToken);
            arguments.AddRange(["--model", $"{endpoint},{stage.Owner.Policy(model)}"]);
        }

        arguments.AddRange(["--owner", stage.Owner.OwnerPublicKey, "--development-root", stage.Cluster.DevelopmentRoot]);
        Daemon daemon = await Daemon.StartAsync("proxy", new ProcessOrder
        {
            Program = Programs.Cfm,
            Arguments = arguments,
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
            using HttpResponseMessage answer = await client.GetAsync(new Uri("/healthz", UriKind.Relative));
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
