using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>
/// A session that many callers share: one computation at a time with all threads, in the order in which they came. It can be disposed of
/// while they wait; the computation that runs is waited for, the others end with <see cref="ObjectDisposedException"/>.
/// </summary>
internal sealed class SharedSession(InferenceSession session) : IDisposable
{
    // Never disposed of: those who wait for it must still be woken.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _disposed;

    /// <summary>Computes when it is the caller's turn. A computation that a cancelled token ended throws as such.</summary>
    public async ValueTask<T> RunAsync<T>(Func<InferenceSession, T> compute, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return compute(session);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Wait();
        try
        {
            if (!_disposed) session.Dispose();
            _disposed = true;
        }
        finally
        {
            _turn.Release();
        }
    }
}
