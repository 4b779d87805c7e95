using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Sidecar.Models;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Models;

/// <summary>A model that is not what was measured never reaches the key broker.</summary>
public sealed class ModelFetchTests
{
    private const string Sealed = "onnx/model.onnx.sealed";

    [Theory]
    [InlineData("digest", "ManifestDigestMismatch")]
    [InlineData("manifest", "ManifestDigestMismatch")]
    [InlineData("envelope", "ManifestSignatureInvalid")]
    [InlineData("cut", "SealedFileTruncated")]
    [InlineData("long", "SealedFileTruncated")]
    [InlineData("bit", "ChunkCorrupt")]
    [InlineData("missing", "SealedFileMissing")]
    [InlineData("no manifest", "SealedFileMissing")]
    [InlineData("long manifest", "TooLarge")]
    [InlineData("too much", "TooLarge")]
    public async Task AWrongModelIsRefusedBeforeTheBrokerIsAsked(string fault, string reason)
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        await BreakAsync(sidecar, fault);
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync(reason);
        Assert.Equal(0, sidecar.Broker.Handshakes);
        Assert.False(File.Exists(Path.Combine(sidecar.Folder["model"], ModelManifest.FileName)));

        // What is cut is kept, and goes on when the source is mended.
        Assert.Equal(fault == "cut", File.Exists(Path.Combine(sidecar.Folder["model"], Sealed + ".part")));
    }

    [Fact]
    public async Task AMendedSourceIsFetchedAtTheNextTry()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        string file = Path.Combine(sidecar.Model.Folder, Sealed);
        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(file, whole[..^1], TestContext.Current.CancellationToken);
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync("SealedFileTruncated");
        await File.WriteAllBytesAsync(file, whole, TestContext.Current.CancellationToken);
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Theory]
    [InlineData("oci://registry.example/models/m@sha256:00", "oci://HOST")]
    [InlineData("pvc://claim/m", "pvc")]
    [InlineData("s3://bucket/m", "s3")]
    [InlineData("http://models.example/m", "http")]
    [InlineData("models/m", "absolute")]
    [InlineData("file://elsewhere.example/m", "file")]
    public async Task OtherSourcesAreNamedAsUnsupported(string uri, string expected)
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartAsync(("Model:Uri", uri));
        SidecarStatus status = await sidecar.WaitRefusedAsync("ModelSourceUnsupported");
        Assert.Contains(expected, status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesThatAreThereAndRightAreNotFetchedAgain()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        Copy(sidecar.Model.Folder, sidecar.Folder["model"]);
        File.Delete(Path.Combine(sidecar.Model.Folder, Sealed));
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
    }

    [Fact]
    public async Task AFileThatIsThereAndWrongIsReplaced()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        Copy(sidecar.Model.Folder, sidecar.Folder["model"]);
        string copy = Path.Combine(sidecar.Folder["model"], Sealed);
        byte[] right = await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken);
        byte[] wrong = [.. right];
        wrong[500] ^= 1;
        await File.WriteAllBytesAsync(copy, wrong, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(copy + ".part", wrong, TestContext.Current.CancellationToken);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal(right, await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
        Assert.False(File.Exists(copy + ".part"));
    }

    [Fact]
    public async Task ADigestThatInferenceRefusesIsLookedAtAgain()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Inference.LoadRefusal = new(Protocol.RefusalReason.ChunkCorrupt, "chunk 0");
        await sidecar.StartAsync();
        await sidecar.WaitRefusedAsync("ChunkCorrupt");
        await File.WriteAllTextAsync(Path.Combine(sidecar.Folder["model"], Sealed), "damaged on disk", TestContext.Current.CancellationToken);
        sidecar.Inference.LoadRefusal = null;
        await sidecar.WaitAsync(SidecarPhase.Ready);
        Assert.Equal(new FileInfo(Path.Combine(sidecar.Model.Folder, Sealed)).Length, new FileInfo(Path.Combine(sidecar.Folder["model"], Sealed)).Length);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/outside")]
    [InlineData(".")]
    public async Task NoNameLeadsOutOfTheFolder(string name)
    {
        using var folder = new TemporaryFolder();
        var target = new ModelFolder(folder["model"]);
        await Assert.ThrowsAsync<System.Diagnostics.UnreachableException>(() => target.WriteAsync(name, new byte[1], TestContext.Current.CancellationToken));
        Assert.Throws<System.Diagnostics.UnreachableException>(() => target.OpenUnfinished(name));
        Assert.Throws<System.Diagnostics.UnreachableException>(() => target.Drop(name));
        Assert.Throws<System.Diagnostics.UnreachableException>(() => target.Finish(name));
        Assert.False(File.Exists(folder["outside"]));
    }

    private static async Task BreakAsync(RunningSidecar sidecar, string fault)
    {
        string file = Path.Combine(sidecar.Model.Folder, Sealed);
        string manifest = Path.Combine(sidecar.Model.Folder, ModelManifest.FileName);
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        switch (fault)
        {
            case "digest":
                sidecar.Set("Model:ManifestDigest", "sha256:" + new string('0', 64));
                break;
            case "manifest":
                await File.AppendAllTextAsync(manifest, " ", TestContext.Current.CancellationToken);
                break;
            case "envelope":
                SealedModel other = await SealedModel.WriteAsync(sidecar.Folder.Path, version: 4);
                File.Copy(Path.Combine(other.Folder, ModelManifest.EnvelopeFileName), Path.Combine(sidecar.Model.Folder, ModelManifest.EnvelopeFileName), true);
                break;
            case "cut":
                await File.WriteAllBytesAsync(file, bytes[..^1], TestContext.Current.CancellationToken);
                break;
            case "long":
                await File.WriteAllBytesAsync(file, [.. bytes, 0], TestContext.Current.CancellationToken);
                break;
            case "bit":
                bytes[1000] ^= 1;
                await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
                break;
            case "missing":
                File.Delete(file);
                break;
            case "no manifest":
                File.Delete(manifest);
                break;
            case "long manifest":
                await File.WriteAllBytesAsync(manifest, new byte[ModelManifest.LongestDocument + 1], TestContext.Current.CancellationToken);
                break;
            default:
                sidecar.Set("Limits:ModelBytes", "1000");
                break;
        }
    }

    private static void Copy(string source, string target)
    {
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
