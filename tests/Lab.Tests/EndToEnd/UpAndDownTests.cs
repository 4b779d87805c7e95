using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>What <c>make demo-up</c> and <c>make demo-down</c> start and stop, through the Lab's own program.</summary>
[Collection(LabCollection.Name)]
public sealed class UpAndDownTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lab-up-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public UpAndDownTests()
    {
        // What takes long to make is shared with the demonstration.
        LabFolders shared = LabFolders.Of("any");
        foreach (string folder in (string[])[shared.Models, shared.Pki])
        {
            Directory.CreateDirectory(folder);
            Directory.CreateSymbolicLink(Path.Combine(_folder, Path.GetFileName(folder)), folder);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DownStopsWhatUpStartedAndNothingElse()
    {
        ToolResult up = await RunAsync("up");
        Assert.True(up.Code == 0, up.All);
        Dictionary<string, string> variables = File.ReadLines(Path.Combine(_folder, "env")).Where(line => line.Contains('=', StringComparison.Ordinal))
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim('\''));
        Assert.All(["KUBECTL", "KUBECONFIG", "CFM_BROKER_URL", "CFM_PROXY_URL", "CFM_ENDPOINT_URL", "CFM_API_KEY"], name => Assert.NotEqual("", variables[name]));
        using HttpClient client = new() { BaseAddress = new Uri(variables["CFM_PROXY_URL"]) };
        Assert.Contains("demo-faq", await client.GetStringAsync(new Uri("/v1/models", UriKind.Relative), Token), StringComparison.Ordinal);
        Assert.NotEmpty(Started());
        Assert.Contains("runs already", (await RunAsync("up")).Output, StringComparison.Ordinal);

        ToolResult down = await RunAsync("down");
        Assert.True(down.Code == 0, down.All);
        Assert.Empty(Started());
        Assert.False(File.Exists(Path.Combine(_folder, "env")));
        Assert.Contains("Nothing runs", (await RunAsync("down")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALabThatIsKilledTakesEveryProcessWithItAndDownCleansUp()
    {
        ToolResult up = await RunAsync("up");
        Assert.True(up.Code == 0, up.All);
        JsonNode? state = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "up", "lab.json"), Token));
        Assert.True(Started().Count > 6, "a broker, a controller, a proxy and two processes for each pod");
        Signals.Send((int)state.Integer("processId")!, Signals.Kill);
        await Eventually.Gives(() => Started().Count == 0, "every process is gone");
        Assert.Equal(0, (await RunAsync("down")).Code);
        Assert.False(Directory.Exists(state.Text("memoryFolder")));
    }

    private Task<ToolResult> RunAsync(string verb)
    {
        Dictionary<string, string> environment = Programs.NetworkEnvironment();
        environment["CFM_LAB_FOLDER"] = _folder;
        environment["KUBECTL"] = LabTools.Kubectl(LabFolders.Of("any"));
        return Tool.RunAsync(Programs.Executable("Lab"), [verb], new ToolSettings { Environment = environment, WorkingDirectory = _folder }, Token);
    }

    /// <summary>The processes that have this test's folder in their environment: all that the Lab started, and the Lab.</summary>
    private List<int> Started() => [.. Directory.GetDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
        .Where(id => id > 0 && id != Environment.ProcessId && ProcessStat.StartTime(id) is not null && Mentions(id))];

    private bool Mentions(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Contains(_folder, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
