using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Secrets;
using Microsoft.Win32.SafeHandles;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>Seals one file: the chunks of a window are sealed in parallel while the window before it is hashed and written.</summary>
internal sealed class SealedFileWriter : IDisposable
{
    private readonly SafeFileHandle _source;
    private readonly FileStream _target;
    private readonly SealedFileLayout _layout;
    private readonly SecretKey _fileKey;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private SealedFileWriter(SafeFileHandle source, FileStream target, SealedFileLayout layout, SecretKey fileKey)
    {
        _source = source;
        _target = target;
        _layout = layout;
        _fileKey = fileKey;
    }

    private int SealedChunk => _layout.ChunkSize + SealedFileLayout.TagSize;

    /// <summary>Seals a file into the folder; null when the source changed meanwhile.</summary>
    public static async Task<SealedFileEntry?> WriteAsync(string source, string folder, string name, ModelManifest manifest, SecretKey modelKey,
        CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, name + SealedFileName.Suffix);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafeFileHandle handle = File.OpenHandle(source, options: FileOptions.SequentialScan);
        var salt = new ByteString(RandomNumberGenerator.GetBytes(SealedFileLayout.SaltSize));
        var layout = new SealedFileLayout(manifest.Id, name, RandomAccess.GetLength(handle), manifest.ChunkSize, salt);
        var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        using var writer = new SealedFileWriter(handle, target, layout, SealedFileCipher.FileKey(modelKey, layout));
        return await writer.TryWriteAsync(cancellationToken).ConfigureAwait(false)
            ? new SealedFileEntry(name, layout.Size, layout.SealedSize, new ByteString(writer._hash.GetHashAndReset()), salt, layout.Chunks)
            : null;
    }

    public void Dispose()
    {
        _hash.Dispose();
        _fileKey.Dispose();
        _target.Dispose();
        _source.Dispose();
    }

    private async Task<bool> TryWriteAsync(CancellationToken cancellationToken)
    {
        int window = (int)Math.Min(_layout.Chunks, 2L * Environment.ProcessorCount);
        byte[][] buffers = [new byte[window * SealedChunk], new byte[window * SealedChunk]];
        Task writing = PutAsync(_layout.Header(), cancellationToken);
        bool complete = true;
        for (long first = 0, turn = 0; first < _layout.Chunks && complete; first += window, turn++)
        {
            byte[] buffer = buffers[turn % 2];
            long count = Math.Min(window, _layout.Chunks - first);
            complete = TrySeal(first, count, buffer, cancellationToken);
            await writing.ConfigureAwait(false);
            int length = (int)((count - 1) * SealedChunk) + _layout.PlainLength(first + count - 1) + SealedFileLayout.TagSize;
            writing = complete ? Task.Run(() => PutAsync(buffer.AsMemory(0, length), cancellationToken), cancellationToken) : Task.CompletedTask;
        }

        await writing.ConfigureAwait(false);
        return complete && RandomAccess.GetLength(_source) == _layout.Size;
    }

    private bool TrySeal(long first, long count, byte[] buffer, CancellationToken cancellationToken) => Parallel.For(0, count,
        new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
        () => new ChunkSealer(_source, _layout, _fileKey),
        (at, state, sealer) =>
        {
            if (!sealer.TrySeal(first + at, buffer.AsSpan((int)at * SealedChunk, SealedChunk)))
            {
                state.Stop();
            }

            return sealer;
        },
        sealer => sealer.Dispose()).IsCompleted;

    private async Task PutAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _hash.AppendData(bytes.Span);
        await _target.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads and seals chunks for one thread; its plaintext is wiped.</summary>
    private sealed class ChunkSealer(SafeFileHandle source, SealedFileLayout layout, SecretKey fileKey) : IDisposable
    {
        private readonly SealedFileCipher _cipher = new(layout, fileKey);
        private readonly byte[] _plain = GC.AllocateUninitializedArray<byte>((int)Math.Min(layout.ChunkSize, layout.Size), pinned: true);

        public bool TrySeal(long chunk, Span<byte> place)
        {
            Span<byte> plain = _plain.AsSpan(0, layout.PlainLength(chunk));
            if (!SealedChunkReader.ReadFully(source, plain, layout.PlainOffset(chunk)))
            {
                return false;
            }

            _cipher.Seal(chunk, layout.IsLast(chunk), plain, place[..(plain.Length + SealedFileLayout.TagSize)]);
            return true;
        }

        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(_plain);
            _cipher.Dispose();
        }
    }
}
