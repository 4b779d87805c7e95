using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Sidecar.Evidence;
using ConfidentialOperator.Sidecar.Relay;
using ConfidentialOperator.Sidecar.Status;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Attestation;

/// <summary>
/// Makes attestation documents. The keyset's bytes that the hardware signs are the bytes that are answered; when Inference changed its keyset in the
/// meantime, the document is made again.
/// </summary>
internal sealed class AttestationDocuments(InferenceControl control, InferenceWatch watch, ReplicaState state, EvidenceSources evidence,
    CollateralFolder collateral, IOptions<SidecarOptions> options, TimeProvider time) : IDisposable
{
    private const int Attempts = 3;

    private readonly SemaphoreSlim _turn = new(1);
    private Cached? _cached;

    /// <summary>Makes a document over a client's nonce.</summary>
    public async Task<DocumentOutcome> ForNonceAsync(ByteString nonce, CancellationToken cancellationToken) =>
        (await MakeAsync(nonce, cancellationToken).ConfigureAwait(false)).Outcome;

    /// <summary>Returns the last document over a nonce of our own, while it is young and the keyset is the same. Many who ask at once have one made.</summary>
    public async Task<DocumentOutcome> CachedAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ControlAnswer keyset = await control.KeysetAsync(cancellationToken).ConfigureAwait(false);
            if (keyset.Refusal is not null)
            {
                return new([], keyset.Refusal);
            }

            if (_cached is { } cached && time.GetElapsedTime(cached.At) < options.Value.Limits.DocumentLifetime
                && cached.Keyset.Equals(keyset.Body))
            {
                return new(cached.Document, null);
            }

            long at = time.GetTimestamp();
            (DocumentOutcome outcome, ByteString bound) = await MakeAsync(new ByteString(RandomNumberGenerator.GetBytes(ReportBinding.NonceSize)), cancellationToken)
                .ConfigureAwait(false);
            _cached = outcome.Refusal is null ? new Cached(outcome.Document, bound, at) : null;
            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<(DocumentOutcome Outcome, ByteString Keyset)> MakeAsync(ByteString nonce, CancellationToken cancellationToken)
    {
        ControlAnswer before = await control.KeysetAsync(cancellationToken).ConfigureAwait(false);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (before.Refusal is not null)
            {
                return (new([], before.Refusal), ByteString.Empty);
            }

            var keyset = new ByteString(before.Body);
            EvidenceOutcome found = await evidence.GetAsync(ReportBinding.ForClient(nonce.Span, keyset.Span, ReportBinding.NoDevices), cancellationToken)
                .ConfigureAwait(false);
            if (found.Refusal is not null)
            {
                return (new([], found.Refusal), ByteString.Empty);
            }

            ControlAnswer after = await control.KeysetAsync(cancellationToken).ConfigureAwait(false);
            if (after.Refusal is null && keyset.Equals(after.Body))
            {
                await TellAsync(keyset, cancellationToken).ConfigureAwait(false);
                return (new(await WriteAsync(nonce, keyset, found.Json, cancellationToken).ConfigureAwait(false), null), keyset);
            }

            before = after;
        }

        return (new([], new(RefusalReason.ModelNotReady, "The guest's keys change at the moment; ask again.")), ByteString.Empty);
    }

    // Sealed answers name the keyset; a client that verified this one must not be told of the one before.
    private async Task TellAsync(ByteString keyset, CancellationToken cancellationToken)
    {
        if (state.Inference?.KeysetSha256 != ByteString.Sha256(keyset.Span).ToString())
        {
            await watch.LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> WriteAsync(ByteString nonce, ByteString keyset, ByteString cpuEvidence, CancellationToken cancellationToken) => new AttestationDocument
    {
        Tee = options.Value.TeeKind,
        Nonce = nonce,
        CpuEvidence = cpuEvidence,
        Keyset = keyset,
        DeviceEvidence = new ByteString(ReportBinding.NoDevices),
        Collateral = await collateral.ReadAsync(cancellationToken).ConfigureAwait(false),
    }.ToJson();

    private sealed record Cached(byte[] Document, ByteString Keyset, long At);
}
