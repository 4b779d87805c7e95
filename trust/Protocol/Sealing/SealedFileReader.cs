using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Win32.SafeHandles;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>
/// One sealed file, opened. Chunks are decrypted straight into the caller's memory, several at a time. Nothing of a file counts before the whole of it
/// authenticated: when a chunk does not, all that was written is wiped.
/// </summary>
public sealed class SealedFileReader : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly SealedFileLayout _layout;
    private readonly SecretKey _fileKey;

    private SealedFileReader(SafeFileHandle handle, SealedFileLayout layout, SecretKey fileKey)
    {
        _handle = handle;
        _layout = layout;
        _fileKey = fileKey;
    }

    /// <summary>Gets the name within the model.</summary>
    public string Name => _layout.Name;

    /// <summary>Gets the bytes of the file.</summary>
    public long Size => _layout.Size;

    /// <summary>Gets the number of chunks.</summary>
    public long Chunks => _layout.Chunks;

    /// <summary>Gets the bytes of every chunk but the last.</summary>
    public int ChunkSize => _layout.ChunkSize;

    /// <summary>Decrypts the whole file into memory of exactly its size.</summary>
    public bool TryReadInto(Memory<byte> destination, [NotNullWhen(false)] out Refusal? refusal, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, Size, nameof(destination));
        return TryReadInto((offset, length) => destination.Span.Slice((int)offset, length), out refusal, cancellationToken);
    }

    /// <summary>Decrypts the whole file into memory that may be longer than an array, such as native memory.</summary>
    public bool TryReadInto(SealedDestination destination, [NotNullWhen(false)] out Refusal? refusal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var faults = new FirstFault();
        try
        {
            Parallel.For(0, Chunks, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
                NewChunkReader, (chunk, state, reader) => ReadChunk(reader, chunk, destination, faults, state), reader => reader.Dispose());
        }
        catch
        {
            Wipe(destination);
            throw;
        }

        refusal = faults.Refusal;
        if (refusal is not null)
        {
            Wipe(destination);
        }

        return refusal is null;
    }

    /// <summary>Decrypts the whole file into a new array; for files such as a tokenizer's, which are parsed as a whole.</summary>
    public bool TryReadAll(int longest, [NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out Refusal? refusal)
    {
        content = null;
        if (Size > longest)
        {
            refusal = new(RefusalReason.TooLarge, $"The model's file '{Name}' has {Size} bytes; the limit is {longest}.");
            return false;
        }

        byte[] bytes = new byte[Size];
        content = TryReadInto(bytes, out refusal) ? bytes : null;
        return content is not null;
    }

    /// <summary>Returns a stream over the file, one chunk in memory at a time; it ends before the reader does. A damaged chunk throws <see cref="SealedModelException"/>.</summary>
    public Stream OpenStream() => new SealedFileStream(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        _fileKey.Dispose();
        _handle.Dispose();
    }

    internal static bool TryOpen(string path, SealedFileLayout layout, SecretKey modelKey,
        [NotNullWhen(true)] out SealedFileReader? reader, [NotNullWhen(false)] out Refusal? refusal)
    {
        reader = null;
        if (!File.Exists(path))
        {
            refusal = new(RefusalReason.SealedFileMissing, $"The sealed file '{layout.Name}{SealedFileName.Suffix}' of the manifest is not in the folder.");
            return false;
        }

        SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        refusal = Check(handle, layout);
        if (refusal is not null)
        {
            handle.Dispose();
            return false;
        }

        reader = new SealedFileReader(handle, layout, SealedFileCipher.FileKey(modelKey, layout));
        return true;
    }

    internal SealedChunkReader NewChunkReader() => new(_handle, _layout, _fileKey);

    internal int PlainLength(long chunk) => _layout.PlainLength(chunk);

    private static Refusal? Check(SafeFileHandle handle, SealedFileLayout layout)
    {
        long length = RandomAccess.GetLength(handle);
        Span<byte> header = stackalloc byte[SealedFileLayout.HeaderSize];
        if (length >= header.Length && SealedChunkReader.ReadFully(handle, header, 0) && layout.Check(header) is { } swapped)
        {
            return swapped;
        }

        return length == layout.SealedSize ? null : new(RefusalReason.SealedFileTruncated,
            $"The sealed file '{layout.Name}{SealedFileName.Suffix}' has {length} bytes; the manifest says {layout.SealedSize}. Fetch it again.");
    }

    private SealedChunkReader ReadChunk(SealedChunkReader reader, long chunk, SealedDestination destination, FirstFault faults, ParallelLoopState state)
    {
        if (!reader.TryRead(chunk, destination(_layout.PlainOffset(chunk), _layout.PlainLength(chunk)), out Refusal? fault))
        {
            faults.Add(chunk, fault);
            state.Break();
        }

        return reader;
    }

    private void Wipe(SealedDestination destination)
    {
        for (long chunk = 0; chunk < Chunks; chunk++)
        {
            CryptographicOperations.ZeroMemory(destination(_layout.PlainOffset(chunk), _layout.PlainLength(chunk)));
        }
    }

    /// <summary>The fault of the lowest chunk, so that the same damage is always told with the same words.</summary>
    private sealed class FirstFault
    {
        private readonly Lock _lock = new();
        private long _chunk = long.MaxValue;

        public Refusal? Refusal { get; private set; }

        public void Add(long chunk, Refusal refusal)
        {
            lock (_lock)
            {
                if (chunk < _chunk)
                {
                    (_chunk, Refusal) = (chunk, refusal);
                }
            }
        }
    }
}
