using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>What somebody who arranges the pods can do.</summary>
internal sealed partial class GuestAttacks(Stage stage) : IDisposable
{
    private const string Model = "demo-faq";
    private const string Alone = "without-sidecar";

    private readonly CancellationTokenSource _asking = new();
    private Task<(int Answered, int Failed)>? _meanwhile;

    public async Task<Proof> WithoutSidecarAsync(CancellationToken cancellationToken)
    {
        JsonObject pod = stage.Admin.Pods(Model)[0].Copy();
        JsonObject spec = pod.Child("spec");
        spec["containers"] = new JsonArray([.. spec.Items("containers").Where(container => container.Text("name") == "inference")
            .Select(container => container.DeepClone())]);
        spec.Remove("nodeName");
        JsonObject alone = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject
            {
                ["name"] = Alone,
                ["namespace"] = OwnerDesk.Namespace,
                ["annotations"] = pod.Find("metadata", "annotations")!.DeepClone(),
            },
            ["spec"] = spec.DeepClone(),
        };
        await stage.Cluster.Tools.NeedKubectlAsync(alone.ToJsonString(), cancellationToken, "apply", "-f", "-");
        JsonObject running = await Until.GivesAsync(() => Running(Alone), "the pod runs", cancellationToken);
        string sockets = Path.Combine(stage.Cluster.MemoryFolder, running.Uid()[..8], "run");
        JsonNode? state = await Until.GivesAsync(() => StateOf(Path.Combine(sockets, "keys.sock"), cancellationToken), "Inference answers", cancellationToken);
        bool listens = await ListensAsync(running.Text("status", "podIP")!, 8080, cancellationToken)
            || await ListensAsync(running.Text("status", "podIP")!, 8443, cancellationToken);
        await stage.Cluster.Tools.NeedKubectlAsync(cancellationToken, "-n", OwnerDesk.Namespace, "delete", "pod", Alone, "--wait=false");
        string phase = state.Text("phase") ?? state!.ToJsonString();
        return Proof.Of(!listens && phase.Equals("AwaitingKey", StringComparison.OrdinalIgnoreCase), $"Inference runs and says {phase}; no port is open");
    }

    /// <summary>The node's disk is the admin's: a bit of the pod's own copy is flipped, and Inference is made to open it again.</summary>
    public async Task<Proof> FlipBitOnNodeAsync(CancellationToken cancellationToken)
    {
        JsonObject pod = stage.Admin.Pods(Model)[0];
        string file = Path.Combine(stage.Cluster.Folders.Data, "pods", pod.Uid(), "model", "model.onnx.sealed");
        await FlipAsync(file, new FileInfo(file).Length / 2);
        Kill(pod, "inference");
        string log = Path.Combine(stage.Cluster.Folders.Logs, "pods", OwnerDesk.Namespace, pod.Name());
        string said = await Until.GivesAsync(() => Lines(log).Concat(Told(pod)).FirstOrDefault(text => FileAndChunk().IsMatch(text)),
            "the refusal names file and chunk", cancellationToken);
        return Proof.Of(true, said.Trim());
    }

    public async Task<Proof> FlipBitInStoreAsync(CancellationToken cancellationToken)
    {
        await stage.Admin.WaitReadyAsync([Model], cancellationToken);
        string file = Path.Combine(stage.Owner.SealedFolder(Model), "model.onnx.sealed");
        long at = new FileInfo(file).Length / 2;
        await FlipAsync(file, at);
        await stage.Cluster.Tools.NeedKubectlAsync(cancellationToken, "-n", OwnerDesk.Namespace, "delete", "pod", stage.Admin.Pods(Model)[0].Name(), "--wait=false");
        string said = await Until.GivesAsync(() => Conditions().FirstOrDefault(text => text.Contains("model.onnx", StringComparison.Ordinal)),
            "the status", cancellationToken);
        await FlipAsync(file, at);
        ToolResult ready = await stage.Admin.WaitReadyAsync([Model], cancellationToken);
        return Proof.Of(ready.Code == 0, said);
    }

    public async Task<Proof> SwapImageAsync(CancellationToken cancellationToken)
    {
        LocalImage changed = Tampered();
        _meanwhile = AskOnAsync(cancellationToken);
        string patch = new JsonObject { ["spec"] = new JsonObject { ["runtime"] = new JsonObject { ["image"] = changed.Reference } } }.ToJsonString();
        await stage.Cluster.Tools.NeedKubectlAsync(cancellationToken, "-n", OwnerDesk.Namespace, "patch", "cfm", Model, "--type=merge", "-p", patch);
        JsonObject pod = await Until.GivesAsync(
            () => stage.Admin.Pods(Model).FirstOrDefault(pod => pod.Text("status", "phase") == "Running" && Uses(pod, changed)),
                "the changed pod runs", cancellationToken);
        string said = await Until.GivesAsync(() => Conditions().FirstOrDefault(text => text.Contains("InitDataNotAccepted", StringComparison.Ordinal)),
            "the status", cancellationToken);
        return Proof.Of(pod.Items("status", "containerStatuses").All(status => status.Find("state", "running") is not null), $"{pod.Name()} Running; {said}");
    }

    public async Task<Proof> RecoverAsync(CancellationToken cancellationToken)
    {
        await stage.Cluster.Tools.NeedKubectlAsync(cancellationToken, "apply", "-f", stage.Owner.Resource(Model));
        await Until.GivesAsync(() => stage.Admin.Pods(Model).All(pod => Uses(pod, stage.Cluster.Inference)) ? "gone" : null,
            "the changed pod is gone", cancellationToken);
        ToolResult ready = await stage.Admin.WaitReadyAsync([Model], cancellationToken);
        await _asking.CancelAsync();
        (int answered, int failed) = _meanwhile is null ? (0, 0) : await _meanwhile;
        return Proof.Of(ready.Code == 0 && answered > 0 && failed == 0, $"{answered} answers, {failed} failures; {stage.Admin.Condition(Model, "Ready")}");
    }

    public void Dispose() => _asking.Dispose();

    /// <summary>An ordinary user goes on asking while the admin tries.</summary>
    private async Task<(int Answered, int Failed)> AskOnAsync(CancellationToken cancellationToken)
    {
        using HttpClient client = stage.Proxy.CreateClient(stage.Owner.CallerKey);
        JsonObject body = new() { ["model"] = Model, ["max_tokens"] = 4, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hello!" }) };
        int answered = 0;
        int failed = 0;
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(250));
        while (!_asking.IsCancellationRequested && await timer.WaitForNextTickAsync(cancellationToken))
        {
            using HttpResponseMessage response = await client.PostAsJsonAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, cancellationToken);
            if (response.IsSuccessStatusCode) answered++;
            else failed++;
        }

        return (answered, failed);
    }

    /// <summary>The runtime with one file more: every file of it is a link, and the digest is another.</summary>
    private LocalImage Tampered()
    {
        string folder = Path.Combine(stage.Cluster.Folders.Images, "tampered");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(Programs.Inference, "*", SearchOption.AllDirectories))
        {
            string link = Path.Combine(folder, Path.GetRelativePath(Programs.Inference, file));
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, file);
        }

        File.WriteAllText(Path.Combine(folder, "extra.txt"), "one file more\n");
        return stage.Cluster.Images.Add("lab.local/confidential-operator/inference", folder, "/app/ConfidentialOperator.Inference");
    }

    private JsonObject? Running(string pod) => stage.Cluster.Store.Get("pods", OwnerDesk.Namespace, pod) is { } found
        && found.Items("status", "containerStatuses").Any(status => status.Find("state", "running") is not null) ? found : null;

    private IEnumerable<string> Conditions() => stage.Admin.Model(Model).Items("status", "conditions")
        .Select(condition => $"{condition.Text("type")}={condition.Text("status")} {condition.Text("reason")}: {condition.Text("message")}");

    private IEnumerable<string> Told(JsonObject pod) => Conditions().Concat(stage.Cluster.Store.List("events", OwnerDesk.Namespace)
        .Where(item => item.Text("involvedObject", "name") is { } name && (name == Model || name == pod.Name()))
        .Select(item => $"{item.Text("reason")}: {item.Text("message")}"));

    private static IEnumerable<string> Lines(string folder) => Directory.GetFiles(folder, "*.log").SelectMany(file => File.ReadLines(file));

    [GeneratedRegex(@"ChunkCorrupt.*Chunk \d+ of \d+.*model\.onnx")]
    private static partial Regex FileAndChunk();

    private static bool Uses(JsonObject pod, LocalImage image) => pod.Items("spec", "containers").Any(container => container.Text("image") == image.Reference);

    private static void Kill(JsonObject pod, string container)
    {
        string? id = pod.Items("status", "containerStatuses").First(status => status.Text("name") == container).Text("containerID");
        if (id is null) throw new LabException($"The container {container} of {pod.Name()} does not run.");
        Signals.Send(int.Parse(id[(id.LastIndexOf('/') + 1)..]), Signals.Kill);
    }

    private static async Task FlipAsync(string file, long at)
    {
        await using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = at;
        int value = stream.ReadByte();
        stream.Position = at;
        stream.WriteByte((byte)(value ^ 1));
    }

    private static JsonNode? StateOf(string socket, CancellationToken cancellationToken) =>
        File.Exists(socket) ? UnixHttp.Get(socket, "/v1/state", cancellationToken) : null;

    private static async Task<bool> ListensAsync(string address, int port, CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(address, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
