namespace ConfidentialOperator.Inference.Access;

/// <summary>One request in flight of a caller; its place is free again when this is disposed.</summary>
internal sealed class CallerPlace(Action leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
