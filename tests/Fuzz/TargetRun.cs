using System.Diagnostics;
using ConfidentialOperator.Fuzz.Mutation;

namespace ConfidentialOperator.Fuzz;

/// <summary>The inputs that one target got so far, and the worst of them.</summary>
internal sealed class TargetRun(Target target)
{
    private const int Retries = 5;

    private readonly Lock _lock = new();
    private int _slices;

    public Target Target => target;

    public long Inputs { get; private set; }

    public long Taken { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    public TimeSpan Slowest { get; private set; }

    /// <summary>Gets the largest part of the allowed allocation that an input used.</summary>
    public double MostOfAllowance { get; private set; }

    /// <summary>Runs the good inputs once, so that what is set up at the first use is not counted.</summary>
    public void WarmUp()
    {
        foreach (byte[] input in target.Seeds)
        {
            target.Run(input);
        }
    }

    /// <summary>Runs changed inputs.</summary>
    /// <param name="seed">The seed of the whole run.</param>
    /// <param name="time">For how long; null for no limit.</param>
    /// <param name="count">For how many inputs.</param>
    /// <returns>What went wrong; null when nothing did.</returns>
    public Failure? Run(int seed, TimeSpan? time, long count = long.MaxValue)
    {
        var mutator = new Mutator(HashCode(seed, Interlocked.Increment(ref _slices)));
        long start = Stopwatch.GetTimestamp();
        var slice = new Slice();
        Failure? failure = null;
        while (failure is null && slice.Inputs < count && (time is null || Stopwatch.GetElapsedTime(start) < time))
        {
            byte[] input = mutator.Next(target.Seeds, target.Shape);
            failure = Try(input, slice);
            slice.Inputs++;
        }

        lock (_lock)
        {
            (Inputs, Taken, Elapsed) = (Inputs + slice.Inputs, Taken + slice.Taken, Elapsed + Stopwatch.GetElapsedTime(start));
            Slowest = slice.Slowest > Slowest ? slice.Slowest : Slowest;
            MostOfAllowance = Math.Max(MostOfAllowance, slice.MostOfAllowance);
        }

        return failure;
    }

    private static int HashCode(int seed, int slice) => unchecked((seed * 397) ^ slice);

    private Failure? Try(byte[] input, Slice slice)
    {
        TimeSpan time = TimeSpan.MaxValue;
        long allocated = long.MaxValue;
        for (int retry = 0; retry < Retries; retry++)
        {
            // What was slow or large once, and is not when it is tried again, was another program or a table that grew.
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            try
            {
                slice.Taken += target.Run(input) && retry == 0 ? 1 : 0;
            }
            catch (Exception exception)
            {
                return new Failure(target.Name, input, exception.ToString());
            }

            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            (time, allocated) = (taken < time ? taken : time, Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before));
            if (time.TotalMilliseconds <= Target.MostMilliseconds && allocated <= target.MostAllocated(input.Length))
            {
                slice.Slowest = time > slice.Slowest ? time : slice.Slowest;
                slice.MostOfAllowance = Math.Max(slice.MostOfAllowance, (double)allocated / target.MostAllocated(input.Length));
                return null;
            }
        }

        return new Failure(target.Name, input, time.TotalMilliseconds > Target.MostMilliseconds ? $"took {time.TotalMilliseconds:F0} ms, the limit is {Target.MostMilliseconds} ms"
            : $"allocated {allocated} bytes for an input of {input.Length} bytes, the limit is {target.MostAllocated(input.Length)}");
    }

    private sealed class Slice
    {
        public long Inputs { get; set; }

        public long Taken { get; set; }

        public TimeSpan Slowest { get; set; }

        public double MostOfAllowance { get; set; }
    }
}

/// <summary>An input that a target did not bear.</summary>
internal sealed record Failure(string Target, byte[] Input, string Message);
