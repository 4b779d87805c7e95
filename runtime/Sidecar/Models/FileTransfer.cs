using System.Buffers;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Sealing;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>
/// Brings one file of the model into the folder. A transfer that is cut goes on where it stopped, now and after a restart; a file that turns out wrong is
/// begun anew, since nobody can say which byte of it was wrong.
/// </summary>
internal sealed class FileTransfer(ModelFolder folder, IModelSource source, SealedFileEntry file, Action<int> progress)
{
    private const int PieceSize = 256 * 1024;
    private const int MostCuts = 32;
    private static readonly TimeSpan s_longestStall = TimeSpan.FromSeconds(60);

    /// <summary>Returns null when the file is there and right.</summary>
    public async Task<Refusal?> RunAsync(CancellationToken cancellationToken)
    {
        for (int cuts = 0; ; cuts++)
        {
            (Refusal? refusal, bool moved) = await AttemptAsync(cancellationToken).ConfigureAwait(false);
            if (refusal is null || !moved || cuts == MostCuts || refusal.Reason is not (RefusalReason.ModelFetchFailed or RefusalReason.SealedFileTruncated))
            {
                return refusal;
            }
        }
    }

    /// <summary>One attempt; it moved when it brought bytes that were not there before.</summary>
    private async Task<(Refusal? Refusal, bool Moved)> AttemptAsync(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        Refusal? refusal;
        long before;
        long after;
        try
        {
            await using FileStream target = folder.OpenUnfinished(file.SealedName);
            before = await ResumeAsync(target, hash, piece, cancellationToken).ConfigureAwait(false);
            refusal = before < file.SealedSize ? await CopyAsync(target, hash, piece, cancellationToken).ConfigureAwait(false) : null;
            after = target.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        refusal ??= Check(hash);
        if (refusal is null)
        {
            folder.Finish(file.SealedName);
        }
        else if (refusal.Reason == RefusalReason.ChunkCorrupt || after > file.SealedSize || after == 0)
        {
            folder.Drop(file.SealedName);
        }

        return (refusal, after > before && after <= file.SealedSize);
    }

    /// <summary>Hashes what an earlier attempt left and returns its length; more than the file has is thrown away.</summary>
    private async Task<long> ResumeAsync(FileStream target, IncrementalHash hash, byte[] piece, CancellationToken cancellationToken)
    {
        if (target.Length > file.SealedSize)
        {
            target.SetLength(0);
        }

        int read;
        while ((read = await target.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hash.AppendData(piece, 0, read);
        }

        return target.Length;
    }

    private async Task<Refusal?> CopyAsync(FileStream target, IncrementalHash hash, byte[] piece, CancellationToken cancellationToken)
    {
        SourceFile opened = await source.OpenAsync(file.SealedName, target.Length, cancellationToken).ConfigureAwait(false);
        if (opened.Content is null)
        {
            return opened.Refusal;
        }

        await using (opened.Content)
        {
            if (opened.From != target.Length)
            {
                // The source gives the file from its beginning, whatever was asked for.
                target.SetLength(0);
                _ = hash.GetHashAndReset();
            }

            return await CopyAsync(opened.Content, target, hash, piece, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Refusal?> CopyAsync(Stream content, FileStream target, IncrementalHash hash, byte[] piece, CancellationToken cancellationToken)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long written = target.Length;
        try
        {
            int read;
            stalled.CancelAfter(s_longestStall);
            while ((read = await content.ReadAsync(piece, stalled.Token).ConfigureAwait(false)) > 0)
            {
                stalled.CancelAfter(s_longestStall);
                written += read;
                if (written > file.SealedSize)
                {
                    target.SetLength(0);
                    return new(RefusalReason.SealedFileTruncated, $"'{file.SealedName}' is longer than the {file.SealedSize} bytes that the manifest names.");
                }

                await target.WriteAsync(piece.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                hash.AppendData(piece, 0, read);
                progress(read);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(RefusalReason.ModelFetchFailed, $"The model's source sent nothing of '{file.SealedName}' for {s_longestStall.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return new(RefusalReason.ModelFetchFailed, $"'{file.SealedName}' broke off after {written} of {file.SealedSize} bytes: {exception.GetType().Name}.");
        }

        return written == file.SealedSize ? null
            : new(RefusalReason.SealedFileTruncated, $"'{file.SealedName}' ends after {written} of the {file.SealedSize} bytes that the manifest names.");
    }

    private Refusal? Check(IncrementalHash hash)
    {
        ByteString found = new(hash.GetHashAndReset());
        return found == file.Sha256 ? null : new(RefusalReason.ChunkCorrupt,
            $"'{file.SealedName}' has the digest {found}; the manifest names {file.Sha256}. Fetch the file that was sealed with this manifest.");
    }
}
