using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Tests.Running;

namespace ConfidentialOperator.Protocol.Tests.Sealing;

/// <summary>The bytes of a sealed file, read here from their description and not with the product's code; and files of more than 2 GiB.</summary>
public sealed class SealedLayoutTests
{
    private const int Mebibyte = 1024 * 1024;

    [Fact]
    public async Task ASealedFileIsReadFromItsDescription()
    {
        using SealedSample sample = await SealedSample.CreateAsync();
        byte[] bytes = await File.ReadAllBytesAsync(sample.SealedPath("model.onnx"), TestContext.Current.CancellationToken);
        byte[] identity = Encoding.UTF8.GetBytes("""{"chunkSize":4096,"format":"confidential-operator.dev/sealed-model/v1","keyId":"kbs:///clinic/triage-notes/v3","model":"triage-notes","version":3}""");
        byte[] id = SHA256.HashData([.. "confidential-operator.dev/seal-manifest-id/v1\0"u8, .. identity]);
        byte[] header = bytes[..120];
        Assert.Equal("CFMSEAL\x01"u8.ToArray(), header[..8]);
        Assert.Equal((4096u, 6u, 20580L), (BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8)), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(12)),
            BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(16))));
        Assert.Equal(id, header[24..56]);
        Assert.Equal(SHA256.HashData("model.onnx"u8), header[88..120]);
        byte[] key = HKDF.DeriveKey(HashAlgorithmName.SHA256, sample.Key.Span.ToArray(), 32, header[56..88],
            [.. "confidential-operator.dev/seal/v1"u8, .. id, .. "model.onnx"u8]);
        Assert.Equal(sample.Plain("model.onnx"), Open(bytes, header, key));
        byte[] check = HKDF.DeriveKey(HashAlgorithmName.SHA256, sample.Key.Span.ToArray(), 32, id, "confidential-operator.dev/seal-key-check/v1"u8.ToArray());
        Assert.Equal(check, sample.Manifest.KeyCheck.ToArray());
    }

    [Fact]
    public void ChunksBeyondTwoGibibytesAreFound()
    {
        using var folder = new TemporaryFolder();
        using SecretKey modelKey = SecretKey.Generate(32);
        var layout = new SealedFileLayout(ByteString.Sha256("id"u8), "model.onnx_data", (3L * 1024 * Mebibyte) + 5, Mebibyte, ByteString.Sha256("salt"u8));
        Assert.Equal((3073, 5, true), (layout.Chunks, layout.PlainLength(3072), layout.IsLast(3072)));
        using (SecretKey fileKey = SealedFileCipher.FileKey(modelKey, layout))
        using (FileStream file = File.Create(folder["file"]))
        using (var cipher = new SealedFileCipher(layout, fileKey))
        {
            file.Write(layout.Header());
            file.SetLength(layout.SealedSize);
            foreach (long chunk in new[] { 2500L, 3072L })
            {
                byte[] plain = new byte[layout.PlainLength(chunk)];
                plain.AsSpan().Fill(unchecked((byte)chunk));
                byte[] output = new byte[plain.Length + 16];
                cipher.Seal(chunk, layout.IsLast(chunk), plain, output);
                file.Position = layout.SealedOffset(chunk);
                file.Write(output);
            }
        }

        Assert.True(SealedFileReader.TryOpen(folder["file"], layout, modelKey, out SealedFileReader? reader, out Refusal? refusal), refusal?.ToString());
        using (reader)
        using (SealedChunkReader chunks = reader.NewChunkReader())
        {
            byte[] plain = new byte[Mebibyte];
            Assert.True(chunks.TryRead(2500, plain, out refusal), refusal?.ToString());
            Assert.All(plain, value => Assert.Equal(unchecked((byte)2500), value));
            Assert.True(chunks.TryRead(3072, plain.AsSpan(0, 5), out refusal), refusal?.ToString());
            Assert.Equal(unchecked((byte)3072), plain[0]);
            Assert.False(chunks.TryRead(2501, plain, out refusal));
            Assert.Contains("Chunk 2502 of 3073", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0L, 1L, 136L)]
    [InlineData(1L, 1L, 137L)]
    [InlineData(Mebibyte, 1L, 1048712L)]
    [InlineData(Mebibyte + 1L, 2L, 1048729L)]
    [InlineData(4398046510080L, 4194304L, 4398113619064L)]
    public void SizesFollowFromTheSize(long size, long chunks, long sealedSize)
    {
        var layout = new SealedFileLayout(ByteString.Sha256([]), "a", size, Mebibyte, ByteString.Sha256([]));
        Assert.Equal((chunks, sealedSize), (layout.Chunks, layout.SealedSize));
        Assert.Equal(sealedSize, layout.SealedOffset(chunks - 1) + layout.PlainLength(chunks - 1) + 16);
    }

    private static byte[] Open(byte[] bytes, byte[] header, byte[] key)
    {
        using var aes = new AesGcm(key, 16);
        var content = new MemoryStream();
        for (int chunk = 0, at = 120; at < bytes.Length; chunk++)
        {
            int end = Math.Min(at + 4096 + 16, bytes.Length);
            byte[] plain = new byte[end - at - 16];
            byte[] nonce = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)chunk, end == bytes.Length ? (byte)1 : (byte)0];
            aes.Decrypt(nonce, bytes.AsSpan(at, plain.Length), bytes.AsSpan(end - 16, 16), plain, header);
            content.Write(plain);
            at = end;
        }

        return content.ToArray();
    }
}
