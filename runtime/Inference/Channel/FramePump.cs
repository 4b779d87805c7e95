using System.Buffers;
using System.Threading.Channels;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>
/// Sends the events of a stream as they come. Where lengths are hidden, events that come within one tick travel together, and every piece is filled up.
/// </summary>
internal sealed class FramePump(PaddingMode mode, TimeProvider time, SealedResponse response)
{
    private const int MostWaiting = 256;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(25);

    private readonly ArrayBufferWriter<byte> _frame = new();

    public async Task RunAsync(IAsyncEnumerable<byte[]> events, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = System.Threading.Channels.Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, SingleWriter = true });
        Task producing = ProduceAsync(events, waiting.Writer, stop.Token);
        try
        {
            while (await waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                await SendAsync(waiting.Reader, cancellationToken).ConfigureAwait(false);
                if (mode != PaddingMode.Off && !waiting.Reader.Completion.IsCompleted)
                {
                    await Task.Delay(s_tick, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await producing.ConfigureAwait(false);
            _frame.Clear();
        }
    }

    // The fault of a producer is the fault of its reader; the task itself never fails.
    private static async Task ProduceAsync(IAsyncEnumerable<byte[]> events, ChannelWriter<byte[]> waiting, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (byte[] one in events.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                await waiting.WriteAsync(one, cancellationToken).ConfigureAwait(false);
            }

            waiting.Complete();
        }
        catch (Exception exception)
        {
            waiting.Complete(exception);
        }
    }

    private async Task SendAsync(ChannelReader<byte[]> waiting, CancellationToken cancellationToken)
    {
        _frame.Clear();
        while (waiting.TryRead(out byte[]? one))
        {
            _frame.Write(one);
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(one);
        }

        int filling = LengthPadding.AfterFrame(mode, _frame.WrittenCount);
        if (filling > 0)
        {
            LengthPadding.WriteComment(_frame.GetSpan(filling)[..filling]);
            _frame.Advance(filling);
        }

        await response.WriteAsync(_frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }
}
