using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>The folder that Inference reads. A file stands there under its name only when it is whole and right.</summary>
internal sealed class ModelFolder(string path)
{
    private const string Unfinished = ".part";
    private const int PieceSize = 256 * 1024;
    private static readonly TimeSpan s_longestStall = TimeSpan.FromSeconds(60);

    /// <summary>Removes what an earlier process left unfinished.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(path);
        foreach (string leftover in Directory.EnumerateFiles(path, "*" + Unfinished, SearchOption.AllDirectories))
        {
            File.Delete(leftover);
        }
    }

    /// <summary>Returns whether the file is there with this size and digest.</summary>
    public async Task<bool> HasAsync(string name, long size, ByteString sha256, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Place(name));
        if (!file.Exists || file.Length != size)
        {
            return false;
        }

        await using FileStream stream = file.OpenRead();
        return sha256.Equals(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Writes a small file whole.</summary>
    public async Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string place = Place(name);
        await File.WriteAllBytesAsync(place + Unfinished, content, cancellationToken).ConfigureAwait(false);
        File.Move(place + Unfinished, place, overwrite: true);
    }

    /// <summary>Copies a file and puts it in its place when size and digest are right; the refusal says which is not.</summary>
    public async Task<Refusal?> CopyAsync(string name, Stream source, long size, ByteString sha256, Action<int> progress, CancellationToken cancellationToken)
    {
        string place = Place(name);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        try
        {
            Refusal? refusal = await CopyAsync(place + Unfinished, name, source, size, sha256, progress, cancellationToken).ConfigureAwait(false);
            if (refusal is null)
            {
                File.Move(place + Unfinished, place, overwrite: true);
            }

            return refusal;
        }
        finally
        {
            File.Delete(place + Unfinished);
        }
    }

    private static async Task<Refusal?> CopyAsync(string target, string name, Stream source, long size, ByteString sha256, Action<int> progress,
        CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            await using var file = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
            long written = 0;
            int read;
            stalled.CancelAfter(s_longestStall);
            while ((read = await source.ReadAsync(piece, stalled.Token).ConfigureAwait(false)) > 0)
            {
                stalled.CancelAfter(s_longestStall);
                written += read;
                if (written > size)
                {
                    return new(RefusalReason.SealedFileTruncated, $"'{name}' is longer than the {size} bytes that the manifest names.");
                }

                hash.AppendData(piece, 0, read);
                await file.WriteAsync(piece.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                progress(read);
            }

            return written < size
                ? new(RefusalReason.SealedFileTruncated, $"'{name}' ends after {written} of the {size} bytes that the manifest names.")
                : Check(name, sha256, hash);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(RefusalReason.ModelFetchFailed, $"The model's source sent nothing of '{name}' for {s_longestStall.TotalSeconds:0} s.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static Refusal? Check(string name, ByteString sha256, IncrementalHash hash)
    {
        ByteString found = new(hash.GetHashAndReset());
        return found == sha256 ? null
            : new(RefusalReason.ChunkCorrupt, $"'{name}' has the digest {found}; the manifest names {sha256}. Fetch the file that was sealed with this manifest.");
    }

    // Names are checked when a manifest is read. This is the second lock on the same door.
    private string Place(string name)
    {
        string root = Path.GetFullPath(path);
        string place = Path.GetFullPath(Path.Combine(root, name));
        return place.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? place
            : throw new UnreachableException("A manifest names a file outside the model's folder.");
    }
}
