using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>
/// Where everything stands in one sealed file, computed from the manifest alone. The file's own header must say the same; it is there so that a file in
/// the wrong place can be told from a damaged one, and it is authenticated with every chunk. The format is described in <c>docs/protocol/sealed-model.md</c>.
/// </summary>
internal sealed record SealedFileLayout(ByteString ManifestId, string Name, long Size, int ChunkSize, ByteString Salt)
{
    public const int HeaderSize = 120;
    public const int TagSize = 16;
    public const int SaltSize = 32;
    public const int DefaultChunkSize = 1024 * 1024;
    public const int SmallestChunk = 4096;
    public const int GreatestChunk = 16 * 1024 * 1024;

    private const int ChunkSizeAt = 8;
    private const int ChunksAt = 12;
    private const int SizeAt = 16;
    private const int ManifestIdAt = 24;
    private const int SaltAt = 56;
    private const int NameHashAt = 88;

    /// <summary>The most bytes of a file: what JSON can count exactly, and fewer chunks than their counter can number.</summary>
    public static long GreatestSize(int chunkSize) => Math.Min((1L << 53) - 1, (long)chunkSize * uint.MaxValue);

    private static ReadOnlySpan<byte> Magic => "CFMSEAL\x01"u8;

    /// <summary>Gets the number of chunks; an empty file has one, so that it is authenticated too.</summary>
    public long Chunks => Math.Max(1, (Size / ChunkSize) + (Size % ChunkSize == 0 ? 0 : 1));

    public long SealedSize => HeaderSize + Size + (Chunks * TagSize);

    public long PlainOffset(long chunk) => chunk * ChunkSize;

    public long SealedOffset(long chunk) => HeaderSize + (chunk * (ChunkSize + TagSize));

    public int PlainLength(long chunk) => (int)Math.Min(ChunkSize, Size - PlainOffset(chunk));

    public bool IsLast(long chunk) => chunk == Chunks - 1;

    public byte[] Header()
    {
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(ChunkSizeAt), (uint)ChunkSize);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(ChunksAt), (uint)Chunks);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(SizeAt), Size);
        ManifestId.Span.CopyTo(header.AsSpan(ManifestIdAt));
        Salt.Span.CopyTo(header.AsSpan(SaltAt));
        SHA256.HashData(Encoding.UTF8.GetBytes(Name), header.AsSpan(NameHashAt));
        return header;
    }

    /// <summary>Says why a header is not this file's; null when it is.</summary>
    public Refusal? Check(ReadOnlySpan<byte> header)
    {
        byte[] expected = Header();
        if (header.SequenceEqual(expected))
        {
            return null;
        }

        string fault = header switch
        {
            _ when !header[..Magic.Length].SequenceEqual(Magic) => "is not a sealed file of this format",
            _ when !Same(header, expected, ManifestIdAt, SaltAt) => "was sealed for another model or another version of it",
            _ when !Same(header, expected, NameHashAt, HeaderSize) => "is another file of the model",
            _ => "comes from another sealing of the same file",
        };
        return new(RefusalReason.SealedFileSwapped, $"The sealed file '{Name}{SealedFileName.Suffix}' {fault}; fetch the one that goes with the manifest.");
    }

    private static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int from, int to) => left[from..to].SequenceEqual(right[from..to]);
}
