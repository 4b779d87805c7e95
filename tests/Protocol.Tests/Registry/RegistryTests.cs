using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Registry;
using ConfidentialOperator.Registry;

namespace ConfidentialOperator.Protocol.Tests.Registry;

/// <summary>Writing to and reading from a registry that wants to know who asks, sends readers elsewhere, and breaks off.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private static readonly byte[] s_content = [.. Enumerable.Range(0, 5000).Select(i => (byte)(i % 251))];
    private static readonly OciDescriptor s_file = new(OciManifest.SealedFile, ByteString.Sha256(s_content), s_content.Length, "model.onnx.sealed");

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseCookies = false });
    private TestRegistry _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await TestRegistry.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("user:pass word", false)]
    [InlineData("user:pass word", true)]
    public async Task WhatWasWrittenIsRead(string? login, bool asksForPassword)
    {
        (_registry.Login, _registry.AsksForPassword) = (login, asksForPassword);
        OciReference pushed = await PushAsync(Credentials("user:pass word"));
        RegistryReader reader = new(_http, pushed, Credentials("user:pass word"));
        Outcome<OciManifest> manifest = await reader.ReadManifestAsync(TestContext.Current.CancellationToken);
        Assert.True(manifest.Accepted, manifest.Refusal?.Message);
        Assert.Equal(s_content, await ReadAsync(reader, manifest.Value.Find("model.onnx.sealed")!, 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AWrongOrMissingPasswordIsTold(bool asksForPassword)
    {
        (_registry.Login, _registry.AsksForPassword) = ("user:right", asksForPassword);
        foreach (RegistryCredentials credentials in new[] { RegistryCredentials.None, Credentials("user:wrong-word") })
        {
            RegistryReader reader = new(_http, Reference("m:v1@sha256:" + new string('a', 64)), credentials);
            Outcome<OciManifest> manifest = await reader.ReadManifestAsync(TestContext.Current.CancellationToken);
            Assert.Equal(RefusalReason.ModelFetchFailed, manifest.Refusal!.Reason);
            Assert.Contains("name and password", manifest.Refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-word", manifest.Refusal.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task AFileIsReadFromAnyByteAndFromTheBeginningWhereThereAreNoRanges()
    {
        OciReference pushed = await PushAsync(RegistryCredentials.None);
        RegistryReader reader = new(_http, pushed, RegistryCredentials.None);
        Assert.Equal(s_content[4000..], await ReadAsync(reader, s_file, 4000));
        _registry.Faults.ServesRanges = false;
        Outcome<PartialContent> whole = await reader.OpenAsync(s_file, 4000, TestContext.Current.CancellationToken);
        await using PartialContent content = whole.Value!;
        Assert.Equal(0, content.From);
    }

    [Fact]
    public async Task AManifestOfAnotherDigestIsRefused()
    {
        OciReference pushed = await PushAsync(RegistryCredentials.None);
        _registry.Replace("models/m", pushed.Target, "{}"u8.ToArray());
        Outcome<OciManifest> manifest = await new RegistryReader(_http, pushed, RegistryCredentials.None).ReadManifestAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.ChunkCorrupt, manifest.Refusal!.Reason);
    }

    [Fact]
    public async Task ATagIsNoIdentity()
    {
        await PushAsync(RegistryCredentials.None);
        RegistryReader reader = new(_http, Reference("models/m:v1"), RegistryCredentials.None);
        Outcome<OciManifest> manifest = await reader.ReadManifestAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RefusalReason.ModelSourceUnsupported, manifest.Refusal!.Reason);
    }

    [Fact]
    public async Task AReaderWhoIsSentElsewhereTakesNoTokenAlong()
    {
        await using TestRegistry elsewhere = await TestRegistry.StartAsync(TestContext.Current.CancellationToken);
        elsewhere.Add(s_content);
        _registry.Login = "user:pass word";
        OciReference pushed = await PushAsync(Credentials("user:pass word"));
        _registry.Faults.RedirectTo = elsewhere.Address;
        elsewhere.Login = "nobody:knows";
        RegistryReader reader = new(_http, pushed, Credentials("user:pass word"));
        Outcome<PartialContent> refused = await reader.OpenAsync(s_file, 0, TestContext.Current.CancellationToken);
        Assert.False(refused.Accepted);
        elsewhere.Login = null;
        Assert.Equal(s_content, await ReadAsync(reader, s_file, 0));
    }

    [Fact]
    public async Task AFileThatIsThereIsNotSentAgain()
    {
        RegistryWriter writer = new(_http, Reference("models/m:v1"), RegistryCredentials.None);
        Assert.Equal((true, null), await writer.WriteAsync(s_file, () => new MemoryStream(s_content), TestContext.Current.CancellationToken));
        Assert.Equal((false, null), await writer.WriteAsync(s_file, () => throw new InvalidOperationException(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AnUploadThatIsRefusedIsTold()
    {
        RegistryWriter writer = new(_http, Reference("models/m:v1"), RegistryCredentials.None);
        (_, Refusal? wrong) = await writer.WriteAsync(s_file, () => new MemoryStream(new byte[s_content.Length]), TestContext.Current.CancellationToken);
        Assert.Contains("400", wrong!.Message, StringComparison.Ordinal);
        _registry.Faults.Status = 503;
        Assert.Contains("503", (await writer.WriteManifestAsync([1], TestContext.Current.CancellationToken))!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotThereIsTold()
    {
        RegistryReader reader = new(_http, Reference("m@sha256:" + new string('a', 64)), RegistryCredentials.None);
        Assert.Equal(RefusalReason.SealedFileMissing, (await reader.ReadManifestAsync(TestContext.Current.CancellationToken)).Refusal!.Reason);
        Assert.Equal(RefusalReason.SealedFileMissing, (await reader.OpenAsync(s_file, 0, TestContext.Current.CancellationToken)).Refusal!.Reason);
    }

    private static async Task<byte[]> ReadAsync(RegistryReader reader, OciDescriptor file, long from)
    {
        Outcome<PartialContent> opened = await reader.OpenAsync(file, from, TestContext.Current.CancellationToken);
        Assert.True(opened.Accepted, opened.Refusal?.Message);
        await using PartialContent content = opened.Value;
        Assert.Equal(from, content.From);
        using var read = new MemoryStream();
        await content.Content.CopyToAsync(read, TestContext.Current.CancellationToken);
        return read.ToArray();
    }

    private RegistryCredentials Credentials(string login)
    {
        var auths = new JsonObject { [_registry.Host] = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(login)) } };
        return RegistryCredentials.TryParse(Encoding.UTF8.GetBytes(new JsonObject { ["auths"] = auths }.ToJsonString()), out RegistryCredentials? credentials, out _) ? credentials : throw new InvalidOperationException();
    }

    private OciReference Reference(string rest) =>
        OciReference.TryParse($"oci://{_registry.Host}/{rest}", out OciReference? reference, out Refusal? refusal) ? reference : throw new InvalidOperationException(refusal.Message);

    private async Task<OciReference> PushAsync(RegistryCredentials credentials)
    {
        OciReference reference = Reference("models/m:v1");
        RegistryWriter writer = new(_http, reference, credentials);
        (bool sent, Refusal? refusal) = await writer.WriteAsync(s_file, () => new MemoryStream(s_content), TestContext.Current.CancellationToken);
        Assert.True(sent, refusal?.Message);
        byte[] manifest = new OciManifest { Files = [s_file] }.ToJson();
        Assert.Null(await writer.WriteManifestAsync(manifest, TestContext.Current.CancellationToken));
        return reference.At(ByteString.Sha256(manifest));
    }
}
