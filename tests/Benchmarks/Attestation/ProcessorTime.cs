namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>Counts by the processor time of this process.</summary>
internal static class ProcessorTime
{
    public static double PerSecond(int runs, Action<int> work)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int run = 0; run < runs; run++)
        {
            work(run);
        }

        return runs / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }
}
