using System.Diagnostics;

namespace ConfidentialOperator.Fuzz;

/// <summary>Shares time and cores among targets: those that have not had their number of inputs come first, each with the same time.</summary>
internal sealed class Schedule(IReadOnlyList<TargetRun> runs, int seed)
{
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Dictionary<TargetRun, TimeSpan> _given = runs.ToDictionary(run => run, _ => TimeSpan.Zero);
    private Failure? _failure;

    /// <summary>Runs until the time is over or an input fails.</summary>
    public Failure? Run(TimeSpan time, int workers)
    {
        long start = Stopwatch.GetTimestamp();
        Thread[] threads = [.. Enumerable.Range(0, workers).Select(_ => new Thread(() => Work(start, time)) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return _failure;
    }

    private void Work(long start, TimeSpan time)
    {
        while (Stopwatch.GetElapsedTime(start) < time && Next() is { } run)
        {
            if (run.Run(seed, s_slice) is { } failure)
            {
                lock (_lock)
                {
                    _failure ??= failure;
                }
            }
        }
    }

    private TargetRun? Next()
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                return null;
            }

            TargetRun next = runs.OrderBy(run => run.Inputs >= run.Target.Goal).ThenBy(run => _given[run]).First();
            _given[next] += s_slice;
            return next;
        }
    }
}
