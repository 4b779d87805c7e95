using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Registry;
using ConfidentialOperator.Registry;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Models;

/// <summary>A model that comes from a registry, or from a volume.</summary>
public sealed class RegistryModelTests
{
    private const string Sealed = "onnx/model.onnx.sealed";

    [Fact]
    public async Task AModelIsPulledByDigestWithThePullSecret()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        registry.Login = "puller:secret word";
        byte[] secret = System.Text.Encoding.UTF8.GetBytes("puller:secret word");
        await File.WriteAllTextAsync(sidecar.Folder["pull.json"],
            "{\"auths\":{\"" + registry.Host + "\":{\"auth\":\"" + Convert.ToBase64String(secret) + "\"}}}", TestContext.Current.CancellationToken);
        sidecar.Set("Model:CredentialsPath", sidecar.Folder["pull.json"]);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Single(registry.Requests, request => request.StartsWith("GET /v2/models/m/manifests/sha256:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutThePasswordTheReasonIsTold()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        registry.Login = "puller:secret word";
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("ModelFetchFailed");
        Assert.Contains("name and password", status.Message, StringComparison.Ordinal);
        registry.Login = null;
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task ACutTransferGoesOnWhereItStopped()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        (registry.Faults.CutAfter, registry.Faults.Cuts) = (9000, 3);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        string[] ranges = [.. registry.Requests.Where(request => request.Contains(" bytes=", StringComparison.Ordinal)).Select(request => request.Split(' ')[2])];
        Assert.Equal(["bytes=9000-", "bytes=18000-", "bytes=27000-"], ranges);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(sidecar.Model.Folder, Sealed), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(Path.Combine(sidecar.Folder["model"], Sealed), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(sidecar.Folder["model"], "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task ATransferGoesOnAfterARestart()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(sidecar.Model.Folder, Sealed), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(sidecar.Folder["model"], "onnx"));
        await File.WriteAllBytesAsync(Path.Combine(sidecar.Folder["model"], Sealed + ".part"), whole[..20_000], TestContext.Current.CancellationToken);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Single(registry.Requests, request => request.EndsWith(" bytes=20000-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ARegistryWithoutRangesGivesTheFileFromItsBeginning()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        (registry.Faults.CutAfter, registry.Faults.Cuts, registry.Faults.ServesRanges) = (9000, 1, false);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task AFileThatIsChangedOnItsWayIsRefusedAndBegunAnew()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        string right = sidecar.Model.Digest;
        registry.Faults.Corrupts = true;
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync("ManifestDigestMismatch");
        Assert.Equal(0, sidecar.Broker.Handshakes);
        registry.Faults.Corrupts = false;
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal(right, sidecar.Model.Digest);
    }

    [Fact]
    public async Task AManifestOfAnotherDigestIsRefused()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await using TestRegistry registry = await PrepareAsync(sidecar);
        registry.Replace("models/m", "sha256:" + new string('0', 64), "{}"u8.ToArray());
        sidecar.Set("Model:Uri", $"oci://{registry.Host}/models/m@sha256:{new string('0', 64)}");
        await sidecar.StartAsync();
        SidecarStatus status = await sidecar.WaitRefusedAsync("ChunkCorrupt");
        Assert.Contains("was asked for", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AModelOnAVolumeIsReadFromItsMount()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Set("Model:Uri", "pvc://claim/" + Path.GetFileName(sidecar.Model.Folder));
        sidecar.Set("Model:VolumePath", Path.GetDirectoryName(sidecar.Model.Folder)!);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    private static async Task<TestRegistry> PrepareAsync(RunningSidecar sidecar)
    {
        TestRegistry registry = await TestRegistry.StartAsync(TestContext.Current.CancellationToken);
        var files = new List<OciDescriptor>();
        foreach (string file in Directory.GetFiles(sidecar.Model.Folder, "*", SearchOption.AllDirectories))
        {
            byte[] content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            registry.Add(content);
            files.Add(new OciDescriptor(OciManifest.SealedFile, ByteString.Sha256(content), content.Length, Path.GetRelativePath(sidecar.Model.Folder, file)));
        }

        string digest = registry.AddManifest("models/m", new OciManifest { Files = files }.ToJson());
        sidecar.Set("Model:Uri", $"oci://{registry.Host}/models/m@{digest}");
        return registry;
    }
}
