using System.Text.Json.Nodes;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Containers;

namespace ConfidentialOperator.Lab.Tests.Guest;

/// <summary>The software guest's agent and Open Policy Agent, over the same rendered policy, say the same of the same containers.</summary>
public sealed class AgentParityTests
{
    private const string RootPath = "/run/kata-containers/0123456789abcdef/rootfs";
    private const string Query = "[r | some i; v := data.inputs[i]; r := data.agent_policy.CreateContainerRequest with input as v]";

    private static readonly string[] s_texts =
    [
        "HOME=/home/app", "HOME=/", "HOME=/root", "HOSTNAME=a.b", "HOSTNAME=A B", "DOTNET_VERSION=10.0.1", "DOTNET_VERSION=10", "LD_PRELOAD=/x.so",
        "DOTNET_STARTUP_HOOKS=/x.dll", "KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_PORT_443_TCP_ADDR=10.0.0.1", "KUBERNETES_EVIL=1", "POD_IP=10.0.0.1",
        "POD_IP=evil", "Inference__Access__Mode=open", "ASPNETCORE_HTTP_PORTS=8080", "APP_UID=0", "APP_UID=1654", "", "=", "HOSTNAME=a\n", "POD_IP=10.0.0.1\n", "POD_NAMESPACE=clinic\n",
    ];

    private static readonly string[] s_paths = ["/proc", "/etc/hosts", "/app", "/run/confidential-model", "/etc/ssl", "/dev/termination-log", "/"];

    [Fact]
    public async Task BothDecideAlike()
    {
        string peers = Repository.NeedShared("peers", "peers");
        List<ContainerView> views = [RenderedPod.View("inference"), RenderedPod.View("sidecar")];
        Random random = new(20_261);
        for (int i = 0; i < 400; i++) views.Add(Changed(views[i % 2], random));
        bool[] ours = [.. views.Select(view => RenderedPod.Agent().Check(view) is null)];
        bool[] theirs = await AskAsync(peers, views);
        Assert.True(theirs[0] && theirs[1]);
        Assert.InRange(ours.Count(allowed => allowed), 10, 350);
        IEnumerable<string> different = views.Zip(ours.Zip(theirs)).Where(entry => entry.Second.First != entry.Second.Second)
            .Select(entry => $"ours {entry.Second.First}, theirs {entry.Second.Second}: {Request(entry.First).ToJsonString()}");
        Assert.Empty(different);
    }

    /// <summary>One change, of the kinds that an admin would try, and harmless ones among them.</summary>
    private static ContainerView Changed(ContainerView view, Random random)
    {
        string text = s_texts[random.Next(s_texts.Length)];
        string path = s_paths[random.Next(s_paths.Length)];
        return random.Next(11) switch
        {
            0 => view with { Image = view.Image[..^1] + random.Next(10) },
            1 => view with { Arguments = [.. view.Arguments, text] },
            2 => view with { Arguments = ["/bin/sh"] },
            3 => view with { WorkingDirectory = path },
            4 => view with { User = random.Next(2) == 0 ? 0 : 65532 },
            5 => view with { Group = random.Next(2) == 0 ? 0 : 65532 },
            6 => view with { Environment = Without(view.Environment, random) },
            7 => view with { Mounts = Without(view.Mounts, random) },
            8 => view with { Mounts = [.. view.Mounts, path] },
            9 => view with { Environment = [.. view.Environment.Where(entry => entry.Split('=')[0] != text.Split('=')[0]), text] },
            _ => view with { Environment = [.. view.Environment, text] },
        };
    }

    private static string[] Without(IReadOnlyList<string> entries, Random random)
    {
        int removed = random.Next(entries.Count);
        return [.. entries.Where((_, index) => index != removed)];
    }

    private static async Task<bool[]> AskAsync(string peers, List<ContainerView> views)
    {
        string folder = Directory.CreateTempSubdirectory("lab-opa-").FullName;
        string policy = Path.Combine(folder, "policy.rego");
        string inputs = Path.Combine(folder, "inputs.json");
        await File.WriteAllTextAsync(policy, RenderedPod.Policy(), TestContext.Current.CancellationToken);
        JsonObject data = new() { ["inputs"] = new JsonArray([.. views.Select(view => (JsonNode)Request(view))]) };
        await File.WriteAllTextAsync(inputs, data.ToJsonString(), TestContext.Current.CancellationToken);
        ToolResult result = await Tool.RunAsync(peers, ["opa", "eval", "--format", "raw", "--data", policy, "--data", inputs, Query],
            new ToolSettings { Environment = Programs.Environment(), WorkingDirectory = folder }, TestContext.Current.CancellationToken);
        Directory.Delete(folder, recursive: true);
        Assert.True(result.Code == 0, result.All);
        return [.. JsonNode.Parse(result.Output)!.AsArray().Select(entry => entry!.GetValue<bool>())];
    }

    /// <summary>What the shim asks the agent for a container.</summary>
    private static JsonObject Request(ContainerView view) => new()
    {
        ["OCI"] = new JsonObject
        {
            ["Annotations"] = new JsonObject
            {
                ["io.kubernetes.cri.container-type"] = "container",
                ["io.kubernetes.cri.container-name"] = view.Name,
                ["io.kubernetes.cri.image-name"] = view.Image,
            },
            ["Process"] = new JsonObject
            {
                ["Args"] = Texts(view.Arguments),
                ["Env"] = Texts(view.Environment),
                ["Cwd"] = view.WorkingDirectory,
                ["User"] = new JsonObject { ["UID"] = view.User, ["GID"] = view.Group },
                ["NoNewPrivileges"] = true,
                ["Terminal"] = false,
            },
            ["Root"] = new JsonObject { ["Path"] = RootPath, ["Readonly"] = true },
            ["Mounts"] = new JsonArray([.. view.Mounts.Select((mount, index) => (JsonNode)Bound(mount, index))]),
        },
        ["storages"] = new JsonArray(new JsonObject
        {
            ["driver"] = "image_guest_pull",
            ["source"] = view.Image,
            ["fstype"] = "overlay",
            ["mount_point"] = RootPath,
        }),
        ["shared_mounts"] = new JsonArray(),
    };

    /// <summary>A volume lies in a folder of its own, as the shim puts it.</summary>
    private static JsonObject Bound(string destination, int index) =>
        new() { ["destination"] = destination, ["type_"] = "bind", ["source"] = $"/run/kata-containers/shared/containers/volume-{index}" };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
