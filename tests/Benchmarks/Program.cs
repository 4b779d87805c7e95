using ConfidentialOperator.Benchmarks;
using ConfidentialOperator.Benchmarks.Attestation;
using ConfidentialOperator.Benchmarks.Controllers;
using ConfidentialOperator.Benchmarks.Sealing;
using ConfidentialOperator.Benchmarks.Transport;

Dictionary<string, Func<IBenchmark>> all = new(StringComparer.Ordinal)
{
    ["a1"] = () => new AddedLatency(),
    ["c1"] = () => new SealedOpen(),
    ["d1"] = () => new SnpVerify(remembered: false),
    ["d1-remembered"] = () => new SnpVerify(remembered: true),
    ["d1-bytes"] = () => new SnpAllocation(),
    ["d1-go"] = () => new SnpPeer("go", "peers", "-", remembered: false),
    ["d1-rust"] = () => new SnpPeer("rust", Path.Combine("rust", "peers-rs"), "--", remembered: false),
    ["d1-go-remembered"] = () => new SnpPeer("go", "peers", "-", remembered: true),
    ["d4"] = () => new NvidiaVerify(isRemembered: false),
    ["d4-remembered"] = () => new NvidiaVerify(isRemembered: true),
    ["d1-tdx"] = () => new TdxVerify(isCached: false),
    ["d1-tdx-cached"] = () => new TdxVerify(isCached: true),
    ["d1-tdx-go"] = () => new TdxPeer("go", "peers", "-", remembered: false),
    ["d1-tdx-rust"] = () => new TdxPeer("rust", Path.Combine("rust", "peers-rs"), "--", remembered: false),
    ["d1-tdx-rust-remembered"] = () => new TdxPeer("rust", Path.Combine("rust", "peers-rs"), "--", remembered: true),
    ["d3"] = () => new EvidenceVerify(() => new NitroWorkload(), remembered: false),
    ["d3-remembered"] = () => new EvidenceVerify(() => new NitroWorkload(), remembered: true),
    ["d3-bytes"] = () => new EvidenceAllocation(() => new NitroWorkload()),
    ["d5"] = () => new EvidenceVerify(() => new AzureWorkload(), remembered: false),
    ["d5-remembered"] = () => new EvidenceVerify(() => new AzureWorkload(), remembered: true),
    ["d5-bytes"] = () => new EvidenceAllocation(() => new AzureWorkload()),
    ["f1"] = () => new SteadyRequests(),
    ["f2"] = () => new CreationWrites(),
    ["f5"] = () => new MemoryPerResource(),
};
Dictionary<string, Func<string, bool>> groups = new(StringComparer.Ordinal)
{
    ["attestation"] = name => name[0] == 'd',
    ["controller"] = name => name[0] == 'f',
    ["sealing"] = name => name[0] == 'c',
    ["transport"] = name => name[0] == 'a',
};
string[] wanted = [.. args.SelectMany(name => groups.TryGetValue(name, out Func<string, bool>? belongs) ? all.Keys.Where(belongs) : [name])];
string[] unknown = [.. wanted.Where(name => !all.ContainsKey(name))];
if (unknown.Length > 0)
{
    await Console.Error.WriteLineAsync(
        $"There is no metric or group {string.Join(", ", unknown)}; there are {string.Join(", ", all.Keys)}, and the groups {string.Join(", ", groups.Keys)}.");
    return 1;
}

using CancellationTokenSource stopping = new();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stopping.Cancel();
};
foreach (string name in wanted.Length > 0 ? wanted : [.. all.Keys])
{
    await using IBenchmark benchmark = all[name]();
    try
    {
        await Runner.RunAsync(benchmark, Console.Out, stopping.Token);
    }
    catch (MissingReferenceException missing)
    {
        await Console.Error.WriteLineAsync($"{name} IS NOT MEASURED: {missing.Message}.");
    }
}

return 0;
