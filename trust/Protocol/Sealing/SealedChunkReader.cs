using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Win32.SafeHandles;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>Reads and opens chunks for one thread; the only buffer holds ciphertext.</summary>
internal sealed class SealedChunkReader : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly SealedFileLayout _layout;
    private readonly SealedFileCipher _cipher;
    private readonly byte[] _sealed;

    public SealedChunkReader(SafeFileHandle handle, SealedFileLayout layout, SecretKey fileKey)
    {
        _handle = handle;
        _layout = layout;
        _cipher = new SealedFileCipher(layout, fileKey);
        _sealed = ArrayPool<byte>.Shared.Rent(layout.ChunkSize + SealedFileLayout.TagSize);
    }

    /// <summary>Decrypts one chunk into memory of exactly its length.</summary>
    public bool TryRead(long chunk, Span<byte> destination, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, _layout.PlainLength(chunk), nameof(destination));
        Span<byte> ciphertext = _sealed.AsSpan(0, destination.Length + SealedFileLayout.TagSize);
        if (!ReadFully(_handle, ciphertext, _layout.SealedOffset(chunk)))
        {
            refusal = Fault(RefusalReason.SealedFileTruncated, chunk, "is cut; fetch the file again");
            return false;
        }

        refusal = _cipher.TryOpen(chunk, _layout.IsLast(chunk), ciphertext, destination) ? null
            : Fault(RefusalReason.ChunkCorrupt, chunk, "does not authenticate: bits changed, or the chunk is from another place; fetch the file again");
        return refusal is null;
    }

    public void Dispose()
    {
        _cipher.Dispose();
        ArrayPool<byte>.Shared.Return(_sealed);
    }

    public static bool ReadFully(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(handle, buffer[total..], offset + total);
            if (read == 0)
            {
                return false;
            }

            total += read;
        }

        return true;
    }

    private Refusal Fault(RefusalReason reason, long chunk, string fault) =>
        new(reason, $"Chunk {chunk + 1} of {_layout.Chunks} of the sealed file '{_layout.Name}{SealedFileName.Suffix}' {fault}.");
}
