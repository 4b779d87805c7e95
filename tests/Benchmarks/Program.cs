using ConfidentialOperator.Benchmarks;
using ConfidentialOperator.Benchmarks.Attestation;
using ConfidentialOperator.Benchmarks.Controllers;
using ConfidentialOperator.Benchmarks.Sealing;
using ConfidentialOperator.Benchmarks.Transport;

Dictionary<string, Func<IBenchmark>> all = new(StringComparer.Ordinal)
{
    ["a1"] = () => new AddedLatency(),
    ["c1"] = () => new SealedOpen(),
    ["d1"] = () => new EvidenceVerify(() => new SnpWorkload(), remembered: false),
    ["d1-remembered"] = () => new EvidenceVerify(() => new SnpWorkload(), remembered: true),
    ["d1-bytes"] = () => new EvidenceAllocation(() => new SnpWorkload(), remembered: false),
    ["d1-go"] = () => new PeerVerify("d1-go", PeerProgram.Go, () => new RecordedSnp(), remembered: false),
    ["d1-rust"] = () => new PeerVerify("d1-rust", PeerProgram.Rust, () => new RecordedSnp(), remembered: false),
    ["d1-go-remembered"] = () => new PeerVerify("d1-go-remembered", PeerProgram.Go, () => new RecordedSnp(), remembered: true),
    ["d1-tdx"] = () => new EvidenceVerify(() => new TdxWorkload(), remembered: false),
    ["d1-tdx-remembered"] = () => new EvidenceVerify(() => new TdxWorkload(), remembered: true),
    ["d1-tdx-go"] = () => new PeerVerify("d1-tdx-go", PeerProgram.Go, () => new RecordedTdx(), remembered: false),
    ["d1-tdx-rust"] = () => new PeerVerify("d1-tdx-rust", PeerProgram.Rust, () => new RecordedTdx(), remembered: false),
    ["d1-tdx-rust-remembered"] = () => new PeerVerify("d1-tdx-rust-remembered", PeerProgram.Rust, () => new RecordedTdx(), remembered: true),
    ["d4"] = () => new NvidiaVerify(isRemembered: false),
    ["d4-remembered"] = () => new NvidiaVerify(isRemembered: true),
    ["d3"] = () => new EvidenceVerify(() => new NitroWorkload(), remembered: false),
    ["d3-remembered"] = () => new EvidenceVerify(() => new NitroWorkload(), remembered: true),
    ["d3-bytes"] = () => new EvidenceAllocation(() => new NitroWorkload(), remembered: true),
    ["d5"] = () => new EvidenceVerify(() => new AzureWorkload(), remembered: false),
    ["d5-remembered"] = () => new EvidenceVerify(() => new AzureWorkload(), remembered: true),
    ["d5-bytes"] = () => new EvidenceAllocation(() => new AzureWorkload(), remembered: true),
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
