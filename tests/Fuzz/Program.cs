using System.Globalization;
using System.Security.Cryptography;
using ConfidentialOperator.Fuzz;

// Usage: Fuzz [MINUTES] [SEED] [TARGET...]. The time is for all targets together. An input that fails is kept in artifacts/fuzz, and the program ends with 1.
double minutes = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 1;
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount;
string[] names = args.Length > 2 ? args[2..] : [];
Corpus corpus = Corpus.Find();
IReadOnlyList<Target> all = AllTargets.Make(corpus);
if (names.Except(all.Select(target => target.Name)).FirstOrDefault() is { } unknown)
{
    await Console.Error.WriteLineAsync($"There is no target {unknown}; there are {string.Join(", ", all.Select(target => target.Name))}.");
    return 2;
}

TargetRun[] runs = [.. all.Where(target => names.Length == 0 || names.Contains(target.Name)).Select(target => new TargetRun(target))];
Array.ForEach(runs, run => run.WarmUp());
Console.WriteLine($"seed {seed}, {runs.Length} targets, {minutes} minutes, {Environment.ProcessorCount} cores, "
    + (corpus == Corpus.Empty ? "NO recorded evidence as seeds: set CONFIDENTIAL_SHARED" : "recorded evidence as seeds"));
Failure? failure = new Schedule(runs, seed).Run(TimeSpan.FromMinutes(minutes), Environment.ProcessorCount);
Console.WriteLine($"{"target",-28} {"inputs",11} {"taken",9} {"per second",11} {"slowest ms",11} {"allocation",11}");
foreach (TargetRun run in runs)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{run.Target.Name,-28} {run.Inputs,11} {run.Taken,9} {run.Inputs / Math.Max(run.Elapsed.TotalSeconds, 0.001),11:F0} {run.Slowest.TotalMilliseconds,11:F2} {run.MostOfAllowance,11:P0}"));
}

if (failure is null)
{
    Console.WriteLine($"{runs.Sum(run => run.Inputs)} inputs, nothing thrown, nothing too slow, nothing too large; {runs.Count(run => run.Inputs >= run.Target.Goal)} of {runs.Length} targets had their number of inputs");
    return 0;
}

string file = Path.GetFullPath(Path.Combine("artifacts", "fuzz", $"{failure.Target}-{Convert.ToHexStringLower(SHA256.HashData(failure.Input))[..16]}.bin"));
Directory.CreateDirectory(Path.GetDirectoryName(file)!);
await File.WriteAllBytesAsync(file, failure.Input);
Console.WriteLine($"{failure.Target} FAILED: {failure.Message}\nThe input is in {file}");
return 1;
