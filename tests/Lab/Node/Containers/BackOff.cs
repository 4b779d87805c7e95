namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>How long to wait before the next try: doubling up to a limit, and from the beginning after a long good run.</summary>
internal sealed class BackOff(TimeSpan first, TimeSpan longest)
{
    private static readonly TimeSpan s_goodRun = TimeSpan.FromMinutes(10);

    private TimeSpan _next = TimeSpan.Zero;

    /// <summary>The wait after a run that lasted so long: the first time there is none.</summary>
    public TimeSpan After(TimeSpan run)
    {
        if (run >= s_goodRun) _next = TimeSpan.Zero;
        TimeSpan wait = _next;
        _next = wait == TimeSpan.Zero ? first : wait * 2 < longest ? wait * 2 : longest;
        return wait;
    }
}
