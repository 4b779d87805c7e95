namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Every HTTP request that the server has seen, so that tests can count exactly. In-process use of the store is not in it.</summary>
public sealed class RequestLog
{
    private readonly Lock _gate = new();
    private readonly List<LoggedRequest> _entries = [];

    /// <summary>Gets a copy of all entries.</summary>
    public IReadOnlyList<LoggedRequest> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    /// <summary>Counts the requests that match; null means any.</summary>
    public int Count(string? verb = null, string? resource = null, string? subresource = null, string? userAgent = null) =>
        Entries.Count(entry => (verb is null || entry.Verb == verb)
            && (resource is null || entry.Resource == resource)
            && (subresource is null || entry.Subresource == subresource)
            && (userAgent is null || entry.UserAgent.Contains(userAgent, StringComparison.Ordinal)));

    /// <summary>Counts the writes of a client.</summary>
    public int CountWrites(string? userAgent = null) =>
        Entries.Count(entry => entry.IsWrite && (userAgent is null || entry.UserAgent.Contains(userAgent, StringComparison.Ordinal)));

    /// <summary>Forgets everything so far.</summary>
    public void Clear()
    {
        lock (_gate) _entries.Clear();
    }

    internal int Begin(LoggedRequest request)
    {
        lock (_gate)
        {
            _entries.Add(request);
            return _entries.Count - 1;
        }
    }

    internal void End(int index, LoggedRequest request, int code)
    {
        lock (_gate)
        {
            if (index < _entries.Count && ReferenceEquals(_entries[index], request)) _entries[index] = request with { Code = code };
        }
    }
}
