using ConfidentialOperator.Benchmarks;
using ConfidentialOperator.Benchmarks.Attestation;
using ConfidentialOperator.Benchmarks.Controllers;
using ConfidentialOperator.Benchmarks.Sealing;
using ConfidentialOperator.Benchmarks.Transport;

Dictionary<string, Func<IBenchmark>> all = new(StringComparer.Ordinal)
{
    ["a1"] = () => new AddedLatency(),
    ["c1"] = () => new SealedOpen(),
    ["d1"] = () => new SnpVerify(),
    ["d4"] = () => new NvidiaVerify(isRemembered: false),
    ["d4-remembered"] = () => new NvidiaVerify(isRemembered: true),
    ["d1-tdx"] = () => new TdxVerify(isCached: false),
    ["d1-tdx-cached"] = () => new TdxVerify(isCached: true),
    ["f1"] = () => new SteadyRequests(),
    ["f2"] = () => new CreationWrites(),
    ["f5"] = () => new MemoryPerResource(),
};
string[] unknown = [.. args.Where(name => !all.ContainsKey(name))];
if (unknown.Length > 0)
{
    await Console.Error.WriteLineAsync($"There is no metric {string.Join(", ", unknown)}; there are {string.Join(", ", all.Keys)}.");
    return 1;
}

using CancellationTokenSource stopping = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stopping.Cancel();
};
foreach (string name in args.Length > 0 ? args : [.. all.Keys])
{
    await using IBenchmark benchmark = all[name]();
    await Runner.RunAsync(benchmark, Console.Out, stopping.Token);
}

return 0;
