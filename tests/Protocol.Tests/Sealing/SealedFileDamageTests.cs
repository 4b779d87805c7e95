using ConfidentialOperator.Protocol.Sealing;

namespace ConfidentialOperator.Protocol.Tests.Sealing;

/// <summary>Whatever is done to a sealed file shows, with the file's name and, where there is one, the chunk.</summary>
public sealed class SealedFileDamageTests
{
    private const string Model = "model.onnx";

    [Theory]
    [InlineData(0, 1)]
    [InlineData(SealedSample.SealedChunk - 1, 1)]
    [InlineData(SealedSample.SealedChunk, 2)]
    [InlineData((5 * SealedSample.SealedChunk) + 115, 6)]
    public async Task AFlippedBitIsRefusedWithItsChunk(int at, int chunk)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        sample.Change(Model, bytes =>
        {
            bytes[SealedSample.HeaderSize + at] ^= 1;
            return bytes;
        });
        Assert.Equal(RefusalReason.ChunkCorrupt, sample.Refusal(Model)?.Reason);
        Assert.Contains($"Chunk {chunk} of 6 of the sealed file 'model.onnx.sealed'", sample.Refusal(Model)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryBitOfTheHeaderCounts()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        for (int at = 0; at < SealedSample.HeaderSize; at++)
        {
            int place = at;
            sample.Change(Model, bytes => Flip(bytes, place));
            Assert.Equal(RefusalReason.SealedFileSwapped, sample.Refusal(Model)?.Reason);
            sample.Change(Model, bytes => Flip(bytes, place));
        }

        Assert.Null(sample.Refusal(Model));
    }

    [Fact]
    public async Task SwappedChunksAreRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        sample.Change(Model, bytes =>
        {
            byte[] second = bytes[Chunk(1)];
            bytes[Chunk(2)].CopyTo(bytes, Chunk(1).Start.Value);
            second.CopyTo(bytes, Chunk(2).Start.Value);
            return bytes;
        });
        Assert.Contains("Chunk 2 of 6", sample.Refusal(Model)!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(116)]
    [InlineData(SealedSample.SealedChunk + 116)]
    public async Task ACutFileIsRefused(int cut)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        sample.Change(Model, bytes => bytes[..^cut]);
        Assert.Equal(RefusalReason.SealedFileTruncated, sample.Refusal(Model)?.Reason);
    }

    [Fact]
    public async Task AFileThatIsCutWhileItIsOpenIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        Assert.True(sample.Open().TryOpenFile(Model, out SealedFileReader? file, out _));
        using (file)
        {
            await using (FileStream stream = new(sample.SealedPath(Model), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                stream.SetLength(SealedSample.HeaderSize + 10);
            }

            Assert.False(file.TryReadAll(1 << 20, out _, out Refusal? refusal));
            Assert.Equal(RefusalReason.SealedFileTruncated, refusal.Reason);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public async Task AFileShorterThanItsHeaderIsRefused(int length)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        sample.Change(Model, bytes => bytes[..length]);
        Assert.Equal(RefusalReason.SealedFileTruncated, sample.Refusal(Model)?.Reason);
    }

    [Fact]
    public async Task AnAppendedByteIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        sample.Change(Model, bytes => [.. bytes, 0]);
        Assert.Equal(RefusalReason.SealedFileTruncated, sample.Refusal(Model)?.Reason);
    }

    [Fact]
    public async Task ASwappedFileIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        File.Copy(sample.SealedPath("onnx/other.bin"), sample.SealedPath("onnx/exact.bin"), overwrite: true);
        Refusal? refusal = sample.Refusal("onnx/exact.bin");
        Assert.Equal(RefusalReason.SealedFileSwapped, refusal?.Reason);
        Assert.Contains("another file of the model", refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("triage-notes", 2, "another version")]
    [InlineData("other", 3, "another model")]
    [InlineData("triage-notes", 3, "another sealing")]
    public async Task AFileOfAnotherSealingIsRefused(string model, long version, string words)
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        SealResult other = await sample.SealAsync(sample["other"], sample.Plan(model, version));
        Assert.True(other.Accepted);
        File.Copy(Path.Combine(sample["other"], "model.onnx.sealed"), sample.SealedPath(Model), overwrite: true);
        Refusal? refusal = sample.Refusal(Model);
        Assert.Equal(RefusalReason.SealedFileSwapped, refusal?.Reason);
        Assert.Contains(words, refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AChunkUnderAForgedHeaderIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        byte[] header = (await File.ReadAllBytesAsync(sample.SealedPath("onnx/exact.bin"), TestContext.Current.CancellationToken))[..SealedSample.HeaderSize];
        File.Copy(sample.SealedPath("onnx/other.bin"), sample.SealedPath("onnx/exact.bin"), overwrite: true);
        sample.Change("onnx/exact.bin", bytes => [.. header, .. bytes[SealedSample.HeaderSize..]]);
        Assert.Equal(RefusalReason.ChunkCorrupt, sample.Refusal("onnx/exact.bin")?.Reason);
    }

    [Fact]
    public async Task AMissingFileIsRefused()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        File.Delete(sample.SealedPath(Model));
        Assert.Equal(RefusalReason.SealedFileMissing, sample.Refusal(Model)?.Reason);
    }

    [Fact]
    public async Task ADamagedChunkEndsAStream()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        sample.Change(Model, bytes => Flip(bytes, SealedSample.HeaderSize + SealedSample.SealedChunk));
        Assert.True(sample.Open().TryOpenFile(Model, out SealedFileReader? file, out _));
        using (file)
        {
            await using Stream stream = file.OpenStream();
            using var copied = new MemoryStream();
            SealedModelException fault = await Assert.ThrowsAsync<SealedModelException>(() => stream.CopyToAsync(copied, TestContext.Current.CancellationToken));
            Assert.Equal(RefusalReason.ChunkCorrupt, fault.Refusal.Reason);
            Assert.Equal(SealedSample.ChunkSize, copied.Length);
        }
    }

    private static Range Chunk(int at) =>
        new(SealedSample.HeaderSize + (at * SealedSample.SealedChunk), SealedSample.HeaderSize + ((at + 1) * SealedSample.SealedChunk));

    private static byte[] Flip(byte[] bytes, int at)
    {
        bytes[at] ^= 1;
        return bytes;
    }
}
