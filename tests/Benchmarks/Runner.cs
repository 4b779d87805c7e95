using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Benchmarks;

/// <summary>Runs a benchmark in rounds that alternate the order of the two sides; the first round warms up and does not count.</summary>
internal static class Runner
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Measures and writes one JSON line for each round, and one with the median.</summary>
    public static async Task RunAsync(IBenchmark benchmark, TextWriter output, CancellationToken cancellationToken)
    {
        await benchmark.PrepareAsync(cancellationToken);
        List<double> ratios = [];
        int warmUp = benchmark.Rounds > 1 ? 1 : 0;
        for (int round = 0; round < benchmark.Rounds + warmUp; round++)
        {
            bool oursFirst = round % 2 == 0;
            double ours = oursFirst ? await benchmark.OursAsync(cancellationToken) : 0;
            double reference = await benchmark.ReferenceAsync(cancellationToken);
            ours = oursFirst ? ours : await benchmark.OursAsync(cancellationToken);
            if (round < warmUp)
            {
                continue;
            }

            double ratio = reference == 0 ? 0 : ours / reference;
            ratios.Add(ratio);
            Write(output, benchmark, round, ours, reference, ratio);
        }

        ratios.Sort();
        WriteMedian(output, benchmark, ratios);
    }

    private static void Write(TextWriter output, IBenchmark benchmark, int round, double ours, double reference, double ratio) =>
        output.WriteLine(new JsonObject
        {
            ["metric"] = benchmark.Metric,
            ["round"] = round,
            ["ours"] = Math.Round(ours, 3),
            ["reference"] = Math.Round(reference, 3),
            ["unit"] = benchmark.Unit,
            ["ratio"] = Math.Round(ratio, 3),
            ["goal"] = benchmark.Goal,
        }.ToJsonString(s_json));

    private static void WriteMedian(TextWriter output, IBenchmark benchmark, List<double> ratios) =>
        output.WriteLine(new JsonObject
        {
            ["metric"] = benchmark.Metric,
            ["median"] = Math.Round(ratios[ratios.Count / 2], 3),
            ["least"] = Math.Round(ratios[0], 3),
            ["most"] = Math.Round(ratios[^1], 3),
            ["goal"] = benchmark.Goal,
        }.ToJsonString(s_json));
}
