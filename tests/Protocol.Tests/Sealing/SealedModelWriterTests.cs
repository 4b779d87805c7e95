using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Sealing;

/// <summary>Sealing writes all of a folder or nothing.</summary>
public sealed class SealedModelWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HiddenFilesAreLeftOut()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Directory.CreateDirectory(Path.Combine(sample.Source, ".git"));
        await File.WriteAllTextAsync(Path.Combine(sample.Source, ".git", "config"), "x", Token);
        await File.WriteAllTextAsync(Path.Combine(sample.Source, ".gitattributes"), "x", Token);
        SealResult result = await sample.SealAsync(sample["other"], sample.Plan());
        Assert.Equal(SealedSample.Names, result.Manifest!.Files.Select(file => file.Name));
    }

    [Theory]
    [InlineData("a b.onnx")]
    [InlineData("a.sealed")]
    [InlineData("ü.onnx")]
    public async Task ANameThatCannotBeIsRefused(string name)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(sample.Source, name), "x", Token);
        AssertRefused(sample, await sample.SealAsync(sample["other"], sample.Plan()), RefusalReason.Malformed, name);
    }

    [Fact]
    public async Task AFolderWithFilesIsNotOverwritten()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        SealResult again = await sample.SealAsync(sample.Target, sample.Plan());
        Assert.Equal(RefusalReason.NameTaken, again.Refusal?.Reason);
        Assert.True(SealedModelReader.TryOpen(sample.Target, sample.Digest, sample.Key, out _, out _));
        Directory.CreateDirectory(sample["other"]);
        Assert.True((await sample.SealAsync(sample["other"], sample.Plan())).Accepted);
    }

    [Fact]
    public async Task AnEmptyOrMissingFolderIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Directory.Delete(sample.Source, recursive: true);
        AssertRefused(sample, await sample.SealAsync(sample["other"], sample.Plan()), RefusalReason.ModelInvalid, "source");
        Directory.CreateDirectory(sample.Source);
        AssertRefused(sample, await sample.SealAsync(sample["other"], sample.Plan()), RefusalReason.ModelInvalid, "source");
    }

    [Fact]
    public async Task ASignerMustBeAnOwner()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        using OwnerKey stranger = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        SealResult result = await SealedModelWriter.WriteAsync(sample.Source, sample["other"], sample.Plan(), sample.Key, [stranger], Token);
        AssertRefused(sample, result, RefusalReason.ManifestSignatureInvalid, "owners");
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 100)]
    [InlineData(1, 0)]
    public async Task APlanThatNoReaderWouldTakeIsRefused(long version, int chunkSize)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        SealResult result = await sample.SealAsync(sample["other"], sample.Plan(version: version) with { ChunkSize = chunkSize });
        AssertRefused(sample, result, RefusalReason.Malformed, version == 0 ? "'version'" : "'chunkSize'");
    }

    [Fact]
    public async Task ACancelledSealingLeavesNothing()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SealedModelWriter.WriteAsync(sample.Source, sample["other"], sample.Plan(), sample.Key,
            [sample.Owner], new CancellationToken(canceled: true)));
        Assert.False(Directory.Exists(sample["other"]) || Directory.Exists(sample["other.partial"]));
    }

    [Fact]
    public async Task AKeyOfAnotherLengthIsAMistakeOfTheProgram()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        using SecretKey shortKey = SecretKey.Generate(16);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            SealedModelWriter.WriteAsync(sample.Source, sample["other"], sample.Plan(), shortKey, [sample.Owner], Token));
    }

    [Fact]
    public async Task ACancelledReadingWipes()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Assert.True(sample.Open().TryOpenFile("model.onnx", out SealedFileReader? file, out _));
        using (file)
        {
            byte[] buffer = new byte[file.Size];
            buffer.AsSpan().Fill(0xAA);
            Assert.ThrowsAny<OperationCanceledException>(() => file.TryReadInto(buffer, out _, new CancellationToken(canceled: true)));
            Assert.All(buffer, value => Assert.Equal(0, value));
        }
    }

    private static void AssertRefused(SealedSample sample, SealResult result, RefusalReason reason, string words)
    {
        Assert.False(result.Accepted);
        Assert.Equal(reason, result.Refusal.Reason);
        Assert.Contains(words, result.Refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sample["other"]) || Directory.Exists(sample["other.partial"]), "nothing may be half-done");
    }
}
