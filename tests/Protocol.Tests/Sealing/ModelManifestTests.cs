using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Sealing;

/// <summary>The manifest is read strictly, is canonical, and counts only under its digest and an owner's signature.</summary>
public sealed class ModelManifestTests
{
    [Fact]
    public async Task AManifestComesBack()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        byte[] json = sample.Manifest.ToJson();
        Assert.Equal(json, await File.ReadAllBytesAsync(Path.Combine(sample.Target, ModelManifest.FileName), TestContext.Current.CancellationToken));
        Assert.True(ModelManifest.TryParse(json, out ModelManifest? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(json, read.ToJson());
        Assert.Equal(sample.Manifest.Id, read.Id);
        Assert.True(ModelManifest.TryOpen(json, sample.Manifest.Sign(sample.Owner).ToJson(), sample.Digest, out _, out refusal), refusal?.ToString());
        Assert.True(SealedModelReader.TryReadManifest(sample.Target, sample.Digest, out _, out _));
    }

    [Fact]
    public async Task TheIdBindsModelVersionKeyAndChunkSize()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        ModelManifest manifest = sample.Manifest;
        Assert.True(Protocol.Kbs.KbsResourceUri.TryFromPath("clinic/other/v3", out Protocol.Kbs.KbsResourceUri? key));
        ByteString[] ids = [manifest.Id, (manifest with { Model = "other" }).Id, (manifest with { Version = 4 }).Id, (manifest with { KeyId = key }).Id, (manifest with { ChunkSize = 8192 }).Id];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(manifest.Id, (manifest with { Files = [] }).Id);
    }

    [Fact]
    public async Task OnlyAnOwnersSignatureOfTheseBytesCounts()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        byte[] json = sample.Manifest.ToJson();
        byte[][] envelopes =
        [
            sample.Manifest.Sign(stranger).ToJson(),
            (sample.Manifest with { Version = 2 }).Sign(sample.Owner).ToJson(),
            DsseEnvelope.Sign("application/other", json, sample.Owner).ToJson(),
            "{}"u8.ToArray(),
            [],
        ];
        foreach (byte[] envelope in envelopes)
        {
            Assert.False(ModelManifest.TryOpen(json, envelope, sample.Digest, out ModelManifest? manifest, out Refusal? refusal));
            Assert.Null(manifest);
            Assert.Equal(RefusalReason.ManifestSignatureInvalid, refusal.Reason);
        }
    }

    [Fact]
    public async Task AStrangerWhoNamesHimselfIsStoppedByTheDigest()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        ModelManifest forged = sample.Manifest with { Owners = [stranger.PublicKey] };
        Assert.False(ModelManifest.TryOpen(forged.ToJson(), forged.Sign(stranger).ToJson(), sample.Digest, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ManifestDigestMismatch, refusal.Reason);
    }

    [Theory]
    [InlineData("format", "\"confidential-operator.dev/sealed-model/v2\"", "format")]
    [InlineData("model", "\"\"", "model")]
    [InlineData("version", "0", "version")]
    [InlineData("version", "9007199254740992", "version")]
    [InlineData("keyId", "\"kbs:///a/b\"", "keyId")]
    [InlineData("keyCheck", "\"00\"", "keyCheck")]
    [InlineData("chunkSize", "4095", "chunkSize")]
    [InlineData("chunkSize", "16777217", "chunkSize")]
    [InlineData("owners", "[]", "owners")]
    [InlineData("owners", "[\"AAAA\"]", "owners[0]")]
    [InlineData("files", "[]", "files")]
    [InlineData("comment", "1", "comment")]
    public async Task AWrongMemberIsRefusedWithItsPath(string member, string value, string path) =>
        await AssertRefusedAsync(manifest => manifest[member] = JsonNode.Parse(value), path);

    [Theory]
    [InlineData("name", "\"../a\"")]
    [InlineData("name", "\"a/../b\"")]
    [InlineData("name", "\"/etc/passwd\"")]
    [InlineData("name", "\"a//b\"")]
    [InlineData("name", "\"a/\"")]
    [InlineData("name", "\".hidden\"")]
    [InlineData("name", "\"a\\\\b\"")]
    [InlineData("name", "\"a b\"")]
    [InlineData("name", "\"a\\u0000\"")]
    [InlineData("name", "\"C:a\"")]
    [InlineData("name", "\"a.sealed\"")]
    [InlineData("name", "\"\"")]
    [InlineData("size", "18")]
    [InlineData("size", "-1")]
    [InlineData("size", "9223372036854775807")]
    [InlineData("sealedSize", "1")]
    [InlineData("chunks", "2")]
    [InlineData("chunks", "0")]
    [InlineData("salt", "\"00\"")]
    [InlineData("sha256", "\"00\"")]
    [InlineData("mode", "1")]
    public async Task AWrongMemberOfAFileIsRefusedWithItsPath(string member, string value) =>
        await AssertRefusedAsync(manifest => manifest["files"]![0]![member] = JsonNode.Parse(value), "files[0].");

    [Fact]
    public async Task FilesStandInOrderAndOnce()
    {
        await AssertRefusedAsync(manifest => manifest["files"]!.AsArray().Insert(0, manifest["files"]![0]!.DeepClone()), "files[1].name");
        await AssertRefusedAsync(manifest =>
        {
            JsonNode first = manifest["files"]![0]!.DeepClone();
            manifest["files"]!.AsArray().RemoveAt(0);
            manifest["files"]!.AsArray().Add(first);
        }, "files[4].name");
        await AssertRefusedAsync(manifest => manifest["owners"]!.AsArray().Add(manifest["owners"]![0]!.DeepClone()), "owners");
    }

    private static async Task AssertRefusedAsync(Action<JsonObject> change, string path)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        JsonObject manifest = JsonNode.Parse(sample.Manifest.ToJson())!.AsObject();
        change(manifest);
        Assert.False(ModelManifest.TryParse(Encoding.UTF8.GetBytes(manifest.ToJsonString()), out _, out Refusal? refusal));
        Assert.Contains($"'{path}", refusal.Message, StringComparison.Ordinal);
    }
}
