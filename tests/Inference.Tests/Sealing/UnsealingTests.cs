using System.Net;
using ConfidentialOperator.Inference.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Inference.Tests.Sealing;

/// <summary>From the released key to a model that serves, and every way in which that is refused.</summary>
public sealed class UnsealingTests
{
    [Fact]
    public async Task AModelIsLoadedWithItsKeyAndServedOnceCallersAreKnown()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor, version: 7);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        Assert.Equal(InferencePhase.AwaitingKey, (await host.Sockets.StateAsync()).Phase);
        await Answers.AssertAsync(HttpStatusCode.Accepted, await host.Sockets.PutSecretAsync("/v1/model-key", model.Key));
        InferenceState state = await host.Sockets.UntilAsync(found => found.Model is not null);
        Assert.Equal(InferencePhase.Loading, state.Phase);
        Assert.Contains("caller list", state.Message);

        await Answers.AssertAsync(HttpStatusCode.NoContent, await host.Sockets.PutSecretAsync("/v1/callers", model.Callers(1)));
        state = await host.Sockets.StateAsync();
        Assert.Equal(InferencePhase.Ready, state.Phase);
        Assert.Equal(new ServedModel("model", 7, model.Digest), state.Model);
        Assert.Equal("", state.Reason);
    }

    [Fact]
    public async Task TheSameKeyAgainChangesNothingAndAnotherIsRefused()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        await host.Sockets.ServeAsync(model, TestCaller.Create("a"));
        await Answers.AssertAsync(HttpStatusCode.Accepted, await host.Sockets.PutSecretAsync("/v1/model-key", model.Key));
        Assert.Equal(InferencePhase.Ready, (await host.Sockets.StateAsync()).Phase);
        await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.ModelKeyWrong,
            await host.Sockets.PutSecretAsync("/v1/model-key", new byte[32]));
        Assert.Equal(InferencePhase.Ready, (await host.Sockets.StateAsync()).Phase);
    }

    [Fact]
    public async Task AKeyForAnotherGuestIsRefused()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        await using InferenceHost other = await InferenceHost.StartAsync(model);
        byte[] key = await other.Sockets.Control.GetByteArrayAsync("/v1/tee-key", TestContext.Current.CancellationToken);
        Assert.True(ConfidentialOperator.Protocol.Kbs.TeePublicKey.TryParse(key, out var recipient, out _));
        await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.ModelKeyWrong,
            await host.Sockets.PutAsync("/v1/model-key", ConfidentialOperator.Protocol.Kbs.Jwe.Seal(model.Key, recipient)));
        await Answers.AssertProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.ModelKeyWrong,
            await host.Sockets.PutSecretAsync("/v1/model-key", new byte[16]));
        Assert.Equal(InferencePhase.AwaitingKey, (await host.Sockets.StateAsync()).Phase);
    }

    [Fact]
    public async Task AFlippedBitNamesFileAndChunkAndARepairedFileIsTakenWithTheNextKey()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyChat);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model, ("Inference__Model__Task", "chat"));
        string file = Path.Combine(model.Folder, "model.onnx.sealed");
        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        byte[] damaged = [.. whole];

        // A header of 120 bytes, then chunks of 64 KiB with their tags: this is inside the third.
        damaged[120 + (2 * ((64 * 1024) + 16)) + 100] ^= 0x10;
        await File.WriteAllBytesAsync(file, damaged, TestContext.Current.CancellationToken);
        InferenceState state = await RefusedAsync(process.Sockets, model.Key);
        Assert.Equal(nameof(RefusalReason.ChunkCorrupt), state.Reason);
        Assert.Contains("model.onnx", state.Message);
        Assert.Contains("Chunk 3 of 49", state.Message);
        await process.UntilWritesAsync("ChunkCorrupt");

        await File.WriteAllBytesAsync(file, whole, TestContext.Current.CancellationToken);
        await process.Sockets.ServeAsync(model, TestCaller.Create("a"));
    }

    [Fact]
    public async Task FilesThatAreCutSwappedOrMissingAreRefused()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyChat);
        await using InferenceHost host = await InferenceHost.StartAsync(model, null, ("Inference__Model__Task", "chat"));
        string file = Path.Combine(model.Folder, "model.onnx.sealed");
        string other = Path.Combine(model.Folder, "tokenizer.json.sealed");
        byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        await File.WriteAllBytesAsync(file, whole[..^1], TestContext.Current.CancellationToken);
        Assert.Equal(nameof(RefusalReason.SealedFileTruncated), (await RefusedAsync(host.Sockets, model.Key)).Reason);
        File.Copy(other, file, overwrite: true);
        Assert.NotEqual("", (await RefusedAsync(host.Sockets, model.Key)).Reason);
        File.Delete(file);
        InferenceState state = await RefusedAsync(host.Sockets, model.Key);
        Assert.Equal(nameof(RefusalReason.SealedFileMissing), state.Reason);
        Assert.Contains("model.onnx", state.Message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AFileOfAnOlderVersionOrOfAnotherSealingIsRefused(long version)
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        using SealedModel other = await SealedModel.CreateAsync(ModelFolders.CopyTensor, version);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        File.Copy(Path.Combine(other.Folder, "model.onnx.sealed"), Path.Combine(model.Folder, "model.onnx.sealed"), overwrite: true);
        InferenceState state = await RefusedAsync(host.Sockets, model.Key);
        Assert.Equal(nameof(RefusalReason.SealedFileSwapped), state.Reason);
        Assert.Contains("model.onnx", state.Message);
    }

    [Fact]
    public async Task AnotherManifestThanTheMeasuredOneIsRefused()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        using SealedModel other = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model, null, ("Inference__Model__ManifestDigest", other.Digest));
        Assert.Equal(nameof(RefusalReason.ManifestDigestMismatch), (await RefusedAsync(host.Sockets, model.Key)).Reason);
    }

    [Fact]
    public async Task TheKeyOfAnotherModelIsRefused()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        using SealedModel other = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        Assert.Equal(nameof(RefusalReason.ModelKeyWrong), (await RefusedAsync(host.Sockets, other.Key)).Reason);
    }

    [Fact]
    public async Task AModelThatIsNotOnnxIsRefused()
    {
        using SealedModel model = await SealedModel.CreateAsync(folder => File.WriteAllText(Path.Combine(folder, "model.onnx"), "this is not a model"));
        await using InferenceHost host = await InferenceHost.StartAsync(model);
        InferenceState state = await RefusedAsync(host.Sockets, model.Key);
        Assert.Equal(nameof(RefusalReason.ModelInvalid), state.Reason);
        Assert.DoesNotContain("this is not a model", state.Message);
    }

    [Fact]
    public async Task NothingOfTheModelIsWrittenAnywhere()
    {
        using SealedModel model = await SealedModel.CreateAsync(ModelFolders.CopyTensor);
        await using InferenceProcess process = await InferenceProcess.StartAsync(model);
        string[] before = Directory.GetFileSystemEntries(model.Folder);
        await process.Sockets.ServeAsync(model, TestCaller.Create("a"));
        Assert.Equal(before.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(model.Folder).Order(StringComparer.Ordinal));
        Assert.Equal(["inference.sock", "keys.sock"],
            Directory.GetFileSystemEntries(process.RuntimeFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(OpenFiles(process.Id), path => path.StartsWith(Path.GetTempPath(), StringComparison.Ordinal)
            && !path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal));
    }

    private static IEnumerable<string> OpenFiles(int process) =>
        Directory.GetFileSystemEntries($"/proc/{process}/fd").Select(entry => new FileInfo(entry).LinkTarget ?? "");

    private static async Task<InferenceState> RefusedAsync(GuestSockets sockets, byte[] key)
    {
        await Answers.AssertAsync(HttpStatusCode.Accepted, await sockets.PutSecretAsync("/v1/model-key", key));
        InferenceState state = await sockets.LoadedOrRefusedAsync();
        Assert.Equal(InferencePhase.Refused, state.Phase);
        await Answers.AssertProblemAsync(HttpStatusCode.Conflict, RefusalReason.ModelNotReady,
            await sockets.Control.GetAsync("/v1/keyset", TestContext.Current.CancellationToken));
        return state;
    }
}
