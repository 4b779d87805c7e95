using ConfidentialOperator.ApiServer.Http;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Faults;

/// <summary>Faults on demand: what the next requests meet, dropped watches, and a server that is away.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<(Fault Fault, int Left)> _faults = [];
    private readonly ObjectDatabase _database;
    private bool _away;

    internal FaultPlan(ObjectDatabase database) => _database = database;

    /// <summary>Gets how many planned faults have not been met yet.</summary>
    public int Pending
    {
        get
        {
            lock (_gate) return _faults.Sum(planned => planned.Left);
        }
    }

    internal bool IsAway
    {
        get
        {
            lock (_gate) return _away;
        }
    }

    /// <summary>Plans a fault for the next matching requests.</summary>
    public void Add(Fault fault, int times = 1)
    {
        lock (_gate) _faults.Add((fault, times));
    }

    /// <summary>Lets the next matching requests fail with a status.</summary>
    public void Fail(int status, int times = 1, string? verb = null, string? resource = null, string? subresource = null) =>
        Add(new Fault { Status = status, Verb = verb, Resource = resource, Subresource = subresource }, times);

    /// <summary>
    /// Tells the next watches (an ERROR event) or lists (an HTTP status) of a resource that their version is gone, as after a compaction.
    /// For a watch that is refused by its HTTP status use <see cref="Fail"/> with 410.
    /// </summary>
    public void Expire(string? resource = null, string verb = "watch", int times = 1) =>
        Add(new Fault { Status = 410, Verb = verb, Resource = resource, InStream = true }, times);

    /// <summary>Answers the next requests with 429 and <c>Retry-After</c>.</summary>
    public void Throttle(int seconds, int times = 1, string? verb = null, string? resource = null) =>
        Add(new Fault { Status = 429, RetryAfterSeconds = seconds, Verb = verb, Resource = resource }, times);

    /// <summary>Lets the next matching requests wait.</summary>
    public void Slow(TimeSpan delay, int times = 1, string? verb = null, string? resource = null) =>
        Add(new Fault { Delay = delay, Verb = verb, Resource = resource }, times);

    /// <summary>Ends the running watches of a resource, or all; clients see the normal end of a stream.</summary>
    public void DropWatches(string? resource = null) => _database.DropWatches(key => resource is null || key == resource);

    /// <summary>Takes the server away: every request and every watch is cut, until <see cref="ComeBack"/>.</summary>
    public void GoAway()
    {
        lock (_gate) _away = true;
        DropWatches();
    }

    /// <summary>Ends the absence.</summary>
    public void ComeBack()
    {
        lock (_gate) _away = false;
    }

    /// <summary>Forgets all planned faults.</summary>
    public void Clear()
    {
        lock (_gate) _faults.Clear();
        ComeBack();
    }

    internal Fault? Take(LoggedRequest request)
    {
        lock (_gate)
        {
            int at = _faults.FindIndex(planned => Matches(planned.Fault, request));
            if (at < 0) return null;
            (Fault fault, int left) = _faults[at];
            if (left > 1) _faults[at] = (fault, left - 1);
            else _faults.RemoveAt(at);
            return fault;
        }
    }

    private static bool Matches(Fault fault, LoggedRequest request) =>
        (fault.Verb is null || fault.Verb == request.Verb)
        && (fault.Resource is null || fault.Resource == request.Resource)
        && (fault.Subresource is null || fault.Subresource == request.Subresource)
        && (fault.UserAgent is null || request.UserAgent.Contains(fault.UserAgent, StringComparison.Ordinal));
}
