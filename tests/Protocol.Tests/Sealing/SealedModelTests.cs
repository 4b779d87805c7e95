using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Tests.Sealing;

/// <summary>A sealed model opens with its key and its digest only, and gives back exactly what was sealed.</summary>
public sealed class SealedModelTests
{
    [Fact]
    public async Task EveryFileComesBack()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        SealedModelReader reader = sample.Open();
        Assert.Equal(SealedSample.Names, reader.Manifest.Files.Select(file => file.Name));
        foreach (string name in SealedSample.Names)
        {
            Assert.True(reader.TryOpenFile(name, out SealedFileReader? file, out Refusal? refusal), refusal?.ToString());
            using (file)
            {
                Assert.True(file.TryReadAll(1 << 20, out byte[]? content, out refusal), refusal?.ToString());
                Assert.Equal(sample.Plain(name), content);
                using var copied = new MemoryStream();
                await using Stream stream = file.OpenStream();
                await stream.CopyToAsync(copied, TestContext.Current.CancellationToken);
                Assert.Equal(sample.Plain(name), copied.ToArray());
                Assert.Equal(file.Size, stream.Position);
            }
        }
    }

    [Fact]
    public async Task TheFolderHasThePlannedLayoutAndNoPlaintext()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        string[] names = [.. Directory.EnumerateFiles(sample.Target, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(sample.Target, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(["config.json.sealed", "empty.bin.sealed", "manifest.dsse.json", "manifest.json", "model.onnx.sealed", "onnx/exact.bin.sealed",
            "onnx/other.bin.sealed"], names);
        Assert.Equal(sample.Digest, ByteString.Sha256(await File.ReadAllBytesAsync(Path.Combine(sample.Target, "manifest.json"), TestContext.Current.CancellationToken)));
        byte[] model = await File.ReadAllBytesAsync(sample.SealedPath("model.onnx"), TestContext.Current.CancellationToken);
        Assert.True(model.AsSpan().IndexOf(sample.Plain("model.onnx").AsSpan(0, 16)) < 0);
        SealedFileEntry entry = sample.Manifest.Find("model.onnx")!;
        Assert.Equal((6, model.Length), (entry.Chunks, (int)entry.SealedSize));
        Assert.Equal(entry.Sha256, new ByteString(SHA256.HashData(model)));
        Assert.Equal(1, sample.Manifest.Find("empty.bin")!.Chunks);
    }

    [Fact]
    public async Task SealingTwiceGivesOtherBytes()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        SealResult again = await sample.SealAsync(sample["again"], sample.Plan());
        Assert.True(again.Accepted);
        Assert.Equal(sample.Manifest.Id, again.Manifest.Id);
        Assert.NotEqual(sample.Digest, again.ManifestDigest);
        Assert.Empty(again.Manifest.Files.Select(file => file.Salt).Intersect(sample.Manifest.Files.Select(file => file.Salt)));
    }

    [Fact]
    public async Task AnotherDigestIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Assert.False(SealedModelReader.TryOpen(sample.Target, ByteString.Sha256("other"u8), sample.Key, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ManifestDigestMismatch, refusal.Reason);
        Assert.Contains(sample.Digest.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(31)]
    [InlineData(0)]
    public async Task AnotherKeyIsRefused(int length)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        using SecretKey other = SecretKey.Generate(length);
        Assert.False(SealedModelReader.TryOpen(sample.Target, sample.Digest, other, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.ModelKeyWrong, refusal.Reason);
        Assert.Contains("kbs:///clinic/triage-notes/v3", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("manifest.dsse.json")]
    public async Task AMissingManifestIsRefused(string name)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        File.Delete(Path.Combine(sample.Target, name));
        Assert.False(SealedModelReader.TryOpen(sample.Target, sample.Digest, sample.Key, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.SealedFileMissing, refusal.Reason);
        Assert.Contains($"'{name}'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FilesOfANameThatTheManifestLacksAreRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Assert.False(sample.Open().TryOpenFile("../source/config.json", out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.SealedFileMissing, refusal.Reason);
    }

    [Fact]
    public async Task ALongFileIsNotReadAsAWhole()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Assert.True(sample.Open().TryOpenFile("model.onnx", out SealedFileReader? file, out _));
        using (file)
        {
            Assert.False(file.TryReadAll(1024, out _, out Refusal? refusal));
            Assert.Equal(RefusalReason.TooLarge, refusal.Reason);
            Assert.Throws<ArgumentOutOfRangeException>(() => file.TryReadInto(new byte[3], out _, TestContext.Current.CancellationToken));
        }
    }
}
