using ConfidentialOperator.Vectors;

// Usage: Vectors DIR [--strict] [PART_OF_NAME...]. A line per wrong case, then "N right, N wrong"; ends with 0 only when none is wrong.
string[] words = [.. args.Where(word => word != "--strict")];
if (words.Length == 0)
{
    await Console.Error.WriteLineAsync("Name the folder of the set: Vectors DIR [--strict] [PART_OF_NAME...]");
    return 2;
}

try
{
    string[] parts = words[1..];
    VectorRun run = new VectorRun(VectorRun.AllRunners) { IsStrict = args.Contains("--strict") }
        .Over(VectorSet.Open(words[0]), name => parts.Length == 0 || Array.Exists(parts, part => name.Contains(part, StringComparison.Ordinal)));
    foreach (string line in run.Wrong)
    {
        Console.WriteLine(line);
    }

    Console.WriteLine($"{run.Right} right, {run.Wrong.Count} wrong");
    return run is { Wrong.Count: 0, Right: > 0 } ? 0 : 1;
}
catch (VectorException exception)
{
    await Console.Error.WriteLineAsync($"The set cannot be read: {exception.Message}.");
    return 2;
}
