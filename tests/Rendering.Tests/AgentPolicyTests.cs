using System.Diagnostics;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.Rendering.Tests;

/// <summary>Asks the rendered policy with Open Policy Agent's own program, in the form in which the Kata agent asks it.</summary>
public sealed class AgentPolicyTests
{
    private const string Create = "CreateContainerRequest";

    private const string RootPath = "/run/kata-containers/0123456789abcdef/rootfs";

    public static TheoryData<string, Action<JsonObject>> Deviations => new()
    {
        { "another image", input => input["storages"]![0]!["source"] = "ghcr.io/evil/inference@sha256:" + new string('0', 64) },
        { "another image by name only", input => input["OCI"]!["Annotations"]!["io.kubernetes.cri.image-name"] = "ghcr.io/evil" },
        { "a second image", input => input["storages"]!.AsArray().Add((JsonNode)new JsonObject { ["driver"] = "image_guest_pull", ["source"] = "x", ["mount_point"] = RootPath }) },
        { "another argument", input => input["OCI"]!["Process"]!["Args"]!.AsArray().Add("--Inference:Access:Mode=open") },
        { "another program", input => input["OCI"]!["Process"]!["Args"] = new JsonArray("/bin/sh") },
        { "another working directory", input => input["OCI"]!["Process"]!["Cwd"] = "/etc/confidential-model" },
        { "root", input => input["OCI"]!["Process"]!["User"]!["UID"] = 0 },
        { "a terminal", input => input["OCI"]!["Process"]!["Terminal"] = true },
        { "new privileges", input => input["OCI"]!["Process"]!["NoNewPrivileges"] = false },
        { "a capability", input => input["OCI"]!["Process"]!["Capabilities"] = new JsonObject { ["Effective"] = new JsonArray("CAP_SYS_PTRACE") } },
        { "a hook of the runtime", input => input["OCI"]!["Hooks"] = new JsonObject { ["Prestart"] = new JsonArray(new JsonObject()) } },
        { "a startup hook", input => Env(input).Add("DOTNET_STARTUP_HOOKS=/var/lib/confidential-model/x.dll") },
        { "a preload", input => Env(input).Add("LD_PRELOAD=/var/lib/confidential-model/x.so") },
        { "open access", input => Replace(Env(input), "Inference__Access__Mode=keys", "Inference__Access__Mode=open") },
        { "diagnostics", input => Replace(Env(input), "DOTNET_EnableDiagnostics=0", "DOTNET_EnableDiagnostics=1") },
        { "a missing variable", input => Remove(Env(input), "DOTNET_EnableDiagnostics=0") },
        { "a variable twice", input => Env(input).Add("HOSTNAME=b") },
        { "another root", input => input["OCI"]!["Root"]!["Path"] = "/run/kata-containers/shared/containers/evil/rootfs" },
        { "an image elsewhere", input => input["storages"]![0]!["mount_point"] = "/run/kata-containers/other/rootfs" },
        { "a file system over the image", input => Storage(input, "virtio-fs", "virtiofs", RootPath) },
        { "a disk over the image", input => Storage(input, "blk", "ext4", RootPath) },
        { "a disk over a program of the image", input => Storage(input, "blk", "ext4", RootPath + "/app") },
        { "a disk over the guest's system", input => Storage(input, "scsi", "ext4", "/run/kata-containers/sandbox/storage/../../../../usr") },
        { "an empty file system over the guest's system", input => Storage(input, "ephemeral", "tmpfs", "/usr/bin") },
        { "an overlay of the host", input => Storage(input, "overlayfs", "overlay", "/run/kata-containers/sandbox/ephemeral/run") },
        { "a made up /proc", input => Mount(input, "/proc")["type_"] = "bind" },
        { "a volume from elsewhere", input => Mount(input, "/run/confidential-model")["source"] = "/run/kata-containers/shared/containers/passthrough/x" },
        { "a mount of another container", input => input["shared_mounts"] = new JsonArray(new JsonObject()) },
        { "another mount", input => Mounts(input).Add((JsonNode)new JsonObject { ["destination"] = "/app" }) },
        { "a mount over another", input => Mounts(input).Add((JsonNode)new JsonObject { ["destination"] = "/run/confidential-model" }) },
        { "a missing mount", input => Mounts(input).RemoveAt(0) },
        { "an extra container", input => input["OCI"]!["Annotations"]!["io.kubernetes.cri.container-name"] = "debugger" },
    };

    public static TheoryData<string, string> Requests => new()
    {
        { "ExecProcessRequest", "{}" },
        { "ReadStreamRequest", "{}" },
        { "WriteStreamRequest", "{}" },
        { "SetPolicyRequest", "{}" },
        { "UpdateEphemeralMountsRequest", "{}" },
        { "CopyFileRequest", """{"path":"/usr/bin/dotnet"}""" },
        { "CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-hosts/../../../app/x"}""" },
        { "CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-app/ConfidentialOperator.Inference.dll"}""" },
        { "CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model","file_mode":41471}""" },
        { "CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model","file_mode":41471,"symlink_src":"/run/kata-containers/x/rootfs/app"}""" },
        { "CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model","file_type":"Symlink","symlink_target":"a/../../x"}""" },
        { "CreateSandboxRequest", """{"guest_hook_path":"/hooks"}""" },
        { "CreateSandboxRequest", """{"storages":[{"driver":"virtio-fs","source":"kataShared","fstype":"virtiofs","mount_point":"/usr/local/bin"}]}""" },
        { "UpdateInterfaceRequest", """{"interface":{"name":"lo"}}""" },
        { Create, """{"OCI":{"Annotations":{"io.kubernetes.cri.container-type":"sandbox"},"Process":{"Args":["/bin/sh"],"Env":[],"NoNewPrivileges":true},"Mounts":[]}}""" },
    };

    [Theory]
    [InlineData("snp", 0)]
    [InlineData("snp", 1)]
    [InlineData("tdx", 1)]
    [InlineData("h100", 0)]
    public async Task Container_as_rendered_is_allowed(string example, int index)
    {
        RenderedModel rendered = Rendered.Of(example);
        Assert.True(await AskAsync(rendered, Create, RequestOf(rendered, index)));
    }

    [Theory]
    [MemberData(nameof(Deviations), DisableDiscoveryEnumeration = true)]
    public async Task Deviation_is_refused(string what, Action<JsonObject> change)
    {
        RenderedModel rendered = Rendered.Of("snp");
        JsonObject input = RequestOf(rendered, 0);
        change(input);
        Assert.False(await AskAsync(rendered, Create, input), what);
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_that_could_look_inside_is_refused(string request, string input) =>
        Assert.False(await AskAsync(Rendered.Of("snp"), request, JsonNode.Parse(input)!.AsObject()));

    [Theory]
    [InlineData("CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model/..data/initdata.toml"}""")]
    [InlineData("CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-resolv.conf"}""")]
    [InlineData("CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model/initdata.toml","file_mode":41471,"symlink_src":"..data/initdata.toml"}""")]
    [InlineData("CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model/..data","file_type":"Symlink","symlink_target":"..2026_05_01_12_00_00.123"}""")]
    [InlineData("CopyFileRequest", """{"path":"/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-confidential-model/..data/initdata.toml","file_mode":33188,"symlink_src":null}""")]
    [InlineData("CreateSandboxRequest", "{}")]
    [InlineData("StartContainerRequest", "{}")]
    [InlineData(Create, """{"OCI":{"Annotations":{"io.kubernetes.cri.container-type":"sandbox"},"Process":{"Args":["/pause"],"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"NoNewPrivileges":true},"Mounts":[{"destination":"/proc","type_":"proc"}]}}""")]
    [InlineData("CreateSandboxRequest", """{"storages":[{"driver":"ephemeral","source":"shm","fstype":"tmpfs","mount_point":"/run/kata-containers/sandbox/shm"}]}""")]
    public async Task What_a_pod_needs_is_allowed(string request, string input) =>
        Assert.True(await AskAsync(Rendered.Of("snp"), request, JsonNode.Parse(input)!.AsObject()));

    private static JsonArray Env(JsonObject input) => input["OCI"]!["Process"]!["Env"]!.AsArray();

    private static JsonArray Mounts(JsonObject input) => input["OCI"]!["Mounts"]!.AsArray();

    private static JsonNode Mount(JsonObject input, string destination) => Mounts(input).Single(mount => (string)mount!["destination"]! == destination)!;

    private static void Storage(JsonObject input, string driver, string type, string place) => input["storages"]!.AsArray().Add((JsonNode)new JsonObject
    {
        ["driver"] = driver,
        ["source"] = "none",
        ["fstype"] = type,
        ["mount_point"] = place,
    });

    private static void Replace(JsonArray entries, string right, string wrong)
    {
        Remove(entries, right);
        entries.Add(wrong);
    }

    private static void Remove(JsonArray entries, string entry) => Assert.True(entries.Remove(entries.Single(e => (string)e! == entry)));

    // What the shim asks the agent for a container of the rendered pod: expanded variables, Kubernetes' own mounts, the image to pull.
    private static JsonObject RequestOf(RenderedModel rendered, int index)
    {
        JsonNode container = rendered.PodTemplate["spec"]!["containers"]![index]!;
        string name = (string)container["name"]!;
        Dictionary<string, string> pod = new()
        {
            ["POD_IP"] = "10.2.3.4",
            ["POD_NAME"] = (string)rendered.Deployment["metadata"]!["name"]! + "-6f7d9c5b8-x2x4q",
            ["POD_NAMESPACE"] = (string)rendered.Deployment["metadata"]!["namespace"]!,
            ["POD_UID"] = "0f8fad5b-d9cb-469f-a165-70867728950e",
        };
        IEnumerable<string> variables = container["env"]!.AsArray().Select(entry => $"{entry!["name"]}={Expand(entry, pod)}");
        IEnumerable<string> mounts = container["volumeMounts"]!.AsArray().Select(mount => (string)mount!["mountPath"]!);
        string entrypoint = name == "inference" ? "/app/ConfidentialOperator.Inference" : "/app/ConfidentialOperator.Sidecar";
        return new JsonObject
        {
            ["OCI"] = new JsonObject
            {
                ["Annotations"] = new JsonObject
                {
                    ["io.kubernetes.cri.container-type"] = "container",
                    ["io.kubernetes.cri.container-name"] = name,
                    ["io.kubernetes.cri.image-name"] = container["image"]!.DeepClone(),
                },
                ["Process"] = new JsonObject
                {
                    ["Args"] = new JsonArray(entrypoint),
                    ["Cwd"] = "/app",
                    ["Env"] = new JsonArray([.. variables.Append("HOSTNAME=a").Append("KUBERNETES_SERVICE_HOST=10.0.0.1").Select(entry => (JsonNode)entry)]),
                    ["NoNewPrivileges"] = true,
                    ["Terminal"] = false,
                    ["User"] = new JsonObject { ["UID"] = 65532, ["GID"] = 65532 },
                },
                ["Root"] = new JsonObject { ["Path"] = RootPath, ["Readonly"] = true },
                ["Mounts"] = new JsonArray([.. mounts.Append("/proc").Append("/etc/hosts").Select(MountAt)]),
            },
            ["storages"] = new JsonArray(
                new JsonObject { ["driver"] = "image_guest_pull", ["source"] = container["image"]!.DeepClone(), ["fstype"] = "overlay", ["mount_point"] = RootPath },
                new JsonObject { ["driver"] = "ephemeral", ["source"] = "tmpfs", ["fstype"] = "tmpfs", ["mount_point"] = "/run/kata-containers/sandbox/ephemeral/run" },
                new JsonObject { ["driver"] = "blk", ["source"] = "00/02", ["fstype"] = "ext4", ["mount_point"] = "/run/kata-containers/sandbox/storage/MDAvMDI=" }),
            ["shared_mounts"] = new JsonArray(),
        };
    }

    private static JsonNode MountAt(string path)
    {
        string source = path switch
        {
            "/proc" => "proc",
            "/run/confidential-model" => "/run/kata-containers/sandbox/ephemeral/run",
            "/var/lib/confidential-model" => "/run/kata-containers/sandbox/storage/MDAvMDI=",
            _ => "/run/kata-containers/shared/containers/0123456789abcdef-0123456789abcdef-" + Path.GetFileName(path),
        };
        return new JsonObject { ["destination"] = path, ["type_"] = path == "/proc" ? "proc" : "bind", ["source"] = source };
    }

    private static string Expand(JsonNode entry, Dictionary<string, string> pod) =>
        entry["value"] is { } value
            ? pod.Aggregate((string)value!, (text, field) => text.Replace($"$({field.Key})", field.Value, StringComparison.Ordinal))
            : pod[(string)entry["name"]!];

    private static async Task<bool> AskAsync(RenderedModel rendered, string request, JsonObject input)
    {
        string program = Path.Combine(Repository.Shared, "peers", "peers");
        Assert.SkipUnless(File.Exists(program), $"Open Policy Agent is not there: {program}");
        Assert.True(InitDataDocument.TryParse(rendered.InitData, out InitDataDocument? document, out _));
        string folder = Directory.CreateTempSubdirectory("agent-policy-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "policy.rego"), document.Files["policy.rego"], TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "input.json"), input.ToJsonString(), TestContext.Current.CancellationToken);
            ProcessStartInfo start = new(program, ["opa", "eval", "-d", "policy.rego", "-i", "input.json", "-f", "raw", "data.agent_policy." + request])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(output.Trim() is "true" or "false", output + error);
            return output.Trim() == "true";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
