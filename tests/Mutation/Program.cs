using System.Globalization;
using ConfidentialOperator.Mutation;

// Usage: Mutation FOLDER_OF_THE_BUILT_TESTS VECTORS PART rules|deep [child]. Changes the library in one place at a time and lets the tests' proofs look for it.
// A table of types with what was noticed and what was not; ends with 1 when a rule that was taken out is not missed.
if (args.Length < 4)
{
    await Console.Error.WriteLineAsync("Usage: Mutation FOLDER_OF_THE_BUILT_TESTS VECTORS PART rules|deep");
    return 2;
}

(string folder, string vectors, string part, bool isDeep) = (args[0], args[1], args[2], args[3] == "deep");
string library = Path.GetFullPath(Path.Combine(folder, "ConfidentialOperator.Attestation.dll"));
IReadOnlyList<Mutant> mutants = MutantFinder.Find(library, part, isDeep);
var judge = new Judge(folder);
if (args is [_, _, _, _, "child"])
{
    while (Console.ReadLine() is { } line)
    {
        byte[] changed = Mutant.Write(library, mutants[int.Parse(line, CultureInfo.InvariantCulture)]);
        Console.WriteLine(Outcomes.Written);
        string? fault = judge.FindFault(changed, vectors);
        Console.WriteLine(">" + fault?.ReplaceLineEndings(" "));
    }

    return 0;
}

// The library as it is, written again: what the proofs find later is the change, and not the writing.
if (judge.FindFault(Mutant.Write(library, null), vectors) is { } broken)
{
    await Console.Error.WriteLineAsync($"The proofs fail without any change: {broken}");
    return 2;
}

var outcomes = new Outcomes([.. args[..4], "child"], mutants.Count);
await outcomes.RunAsync(Environment.ProcessorCount);
(Mutant Mutant, string? Fault)[] all = [.. mutants.Zip(outcomes.Faults)];
foreach ((Mutant survivor, _) in all.Where(pair => pair.Fault is null))
{
    Console.WriteLine($"not noticed: {survivor.ShortName}, {survivor.Kind}{(survivor.At > 0 ? $" at instruction {survivor.At}" : "")}");
}

Console.WriteLine($"{"kind",-24} {"changes",8} {"noticed",8} {"of these hung",14}");
foreach (var kind in all.GroupBy(pair => pair.Mutant.Kind))
{
    Console.WriteLine($"{kind.Key,-24} {kind.Count(),8} {kind.Count(pair => pair.Fault is not null),8} {kind.Count(pair => pair.Fault == Outcomes.Hung),14}");
}

return all.Any(pair => pair.Fault is null && pair.Mutant.At == 0 && pair.Mutant.Kind == "rule taken out") ? 1 : 0;
