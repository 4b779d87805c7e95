using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Sidecar.Status;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Models;

/// <summary>
/// Brings the sealed model into the folder of Inference. What is wrong is found here, before a key is asked for; Inference checks everything again,
/// since it trusts nothing that this process did.
/// </summary>
internal sealed class ModelFetcher(IOptions<SidecarOptions> options, ReplicaState state, Telemetry telemetry, ILogger<ModelFetcher> logger)
{
    private const string DigestPrefix = "sha256:";
    private const int FilesAtOnce = 4;

    private readonly ModelFolder _folder = new(options.Value.ModelDirectory);
    private bool _complete;

    /// <summary>Makes the next round look at every file again.</summary>
    public void Forget() => _complete = false;

    /// <summary>Fetches what is missing or wrong; null when the model is there.</summary>
    public async Task<Refusal?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (_complete)
        {
            return null;
        }

        if (!ModelSources.TryOpen(options.Value.Model, out IModelSource? source, out Refusal? refusal))
        {
            return refusal;
        }

        using (source)
        {
            try
            {
                _folder.Create();
                refusal = await FetchAsync(source!, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HttpRequestException)
            {
                refusal = new(RefusalReason.ModelFetchFailed, $"The model could not be fetched: {Describe(exception)}.");
            }
            finally
            {
                state.Progress(null);
            }
        }

        _complete = refusal is null;
        return refusal;
    }

    private async Task<Refusal?> FetchAsync(IModelSource source, CancellationToken cancellationToken)
    {
        (byte[] manifest, Refusal? refusal) = await ReadAsync(source, ModelManifest.FileName, ModelManifest.LongestDocument, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        (byte[] envelope, refusal) = await ReadAsync(source, ModelManifest.EnvelopeFileName, ModelManifest.LongestEnvelope, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        ByteString digest = ByteString.FromHex(options.Value.Model.ManifestDigest[DigestPrefix.Length..]);
        if (!ModelManifest.TryOpen(manifest, envelope, digest, out ModelManifest? opened, out refusal))
        {
            return refusal;
        }

        return await FetchFilesAsync(source, opened, cancellationToken).ConfigureAwait(false)
            ?? await FinishAsync(opened, manifest, envelope, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Refusal?> FetchFilesAsync(IModelSource source, ModelManifest manifest, CancellationToken cancellationToken)
    {
        long limit = options.Value.Limits.ModelBytes;
        UInt128 total = manifest.Files.Aggregate(UInt128.Zero, (sum, file) => sum + (UInt128)file.SealedSize);
        if (total > (UInt128)limit)
        {
            return new(RefusalReason.TooLarge, $"The model has {total} bytes; the limit is {limit}.");
        }

        _folder.Clean(manifest.Files.Select(file => file.SealedName));
        long done = 0;
        void Report(long bytes) => state.Progress((double)Interlocked.Add(ref done, bytes) / Math.Max(1, (long)total));
        Report(0);
        Refusal? first = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await Parallel.ForEachAsync(manifest.Files, new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = stop.Token }, async (file, token) =>
            {
                if (await FetchAsync(source, file, Report, token).ConfigureAwait(false) is { } refusal && Interlocked.CompareExchange(ref first, refusal, null) is null)
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (first is not null && !cancellationToken.IsCancellationRequested)
        {
            // The other files stop where they are, and go on from there at the next try.
        }

        return first;
    }

    private async Task<Refusal?> FetchAsync(IModelSource source, SealedFileEntry file, Action<long> report, CancellationToken cancellationToken)
    {
        if (await _folder.HasAsync(file.SealedName, file.SealedSize, file.Sha256, cancellationToken).ConfigureAwait(false))
        {
            report(file.SealedSize);
            return null;
        }

        return await new FileTransfer(_folder, source, file, bytes =>
        {
            telemetry.ModelBytes(bytes);
            report(bytes);
        }).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    // The manifest comes last: a folder that has one is complete.
    private async Task<Refusal?> FinishAsync(ModelManifest manifest, byte[] text, byte[] envelope, CancellationToken cancellationToken)
    {
        await _folder.WriteAsync(ModelManifest.EnvelopeFileName, envelope, cancellationToken).ConfigureAwait(false);
        await _folder.WriteAsync(ModelManifest.FileName, text, cancellationToken).ConfigureAwait(false);
        state.Fetched(manifest.Version);
        logger.ModelFetched(manifest.Files.Count, manifest.Version);
        return null;
    }

    private static async Task<(byte[] Content, Refusal? Refusal)> ReadAsync(IModelSource source, string name, int longest, CancellationToken cancellationToken)
    {
        SourceFile opened = await source.OpenAsync(name, 0, cancellationToken).ConfigureAwait(false);
        if (opened.Content is null)
        {
            return ([], opened.Refusal);
        }

        await using (opened.Content)
        {
            byte[]? content = await opened.Content.ReadToEndAsync(longest, cancellationToken).ConfigureAwait(false);
            return content is null ? ([], new(RefusalReason.TooLarge, $"'{name}' is longer than {longest} bytes.")) : (content, null);
        }
    }

    private static string Describe(Exception exception) =>
        exception is HttpRequestException http ? http.HttpRequestError.ToString() : exception.GetType().Name;
}
