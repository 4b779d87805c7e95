using System.Threading.Channels;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.Lab.Node.Control;

/// <summary>
/// Watches some resources and looks at all of them again whenever one changes: level-triggered, with any number of changes in between made one.
/// </summary>
internal sealed class ControlLoop : IAsyncDisposable
{
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Store _store;
    private readonly Func<Task> _reconcile;
    private readonly List<Task> _tasks = [];

    public ControlLoop(Store store, IReadOnlyList<string> resources, Func<Task> reconcile)
    {
        _store = store;
        _reconcile = reconcile;
        Poke();
        _tasks.AddRange(resources.Select(resource => Task.Run(() => WatchAsync(resource))));
        _tasks.Add(Task.Run(RunAsync));
    }

    /// <summary>Asks for another look.</summary>
    public void Poke() => _signal.Writer.TryWrite(true);

    /// <summary>Asks for another look after a while.</summary>
    public void PokeAfter(TimeSpan delay) =>
        _ = Task.Delay(delay, _stopping.Token).ContinueWith(_ => Poke(), _stopping.Token, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task WatchAsync(string resource)
    {
        // A watch can be dropped on purpose; then it begins anew.
        while (!_stopping.IsCancellationRequested)
        {
            await foreach (WatchEvent _ in _store.WatchAsync(resource, null, _stopping.Token)) Poke();
        }
    }

    private async Task RunAsync()
    {
        await foreach (bool _ in _signal.Reader.ReadAllAsync(_stopping.Token))
        {
            try
            {
                await _reconcile();
            }
            catch (ApiStatusException)
            {
                // Somebody else was faster: look again at what is there now.
                PokeAfter(s_retry);
            }
        }
    }
}
