using System.Threading.Channels;

namespace ConfidentialOperator.Sidecar.KeyFetch;

/// <summary>Wakes the loop up before its time. Several wishes before it looks are one.</summary>
internal sealed class RefreshTrigger(TimeProvider time)
{
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ask() => _wishes.Writer.TryWrite(true);

    /// <summary>Waits for a wish, at most so long.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var alarm = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, cancellationToken);
        try
        {
            await _wishes.Reader.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
    }
}
