using System.Threading.Channels;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>A running watch: what was there when it began, then every change that its selection lets through.</summary>
internal sealed class Subscription : IDisposable
{
    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });
    private readonly Selection _selection;
    private readonly Action<Subscription> _dispose;

    public Subscription(Selection selection, Action<Subscription> dispose)
    {
        _selection = selection;
        _dispose = dispose;
    }

    public ChannelReader<Change> Changes => _changes.Reader;

    public void Offer(Change change)
    {
        if (_selection.Project(change) is { } seen) _changes.Writer.TryWrite(seen);
    }

    public void End() => _changes.Writer.TryComplete();

    public void Dispose()
    {
        _dispose(this);
        End();
    }
}
