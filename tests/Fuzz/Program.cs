using System.Diagnostics;
using ConfidentialOperator.Fuzz;

// Usage: Fuzz [SECONDS_PER_TARGET] [SEED] [TARGET...]. A failure prints the target, the seed, the round and the input, and ends with 1.
int seconds = args.Length > 0 ? int.Parse(args[0]) : 10;
int seed = args.Length > 1 ? int.Parse(args[1]) : Environment.TickCount;
string[] names = args.Length > 2 ? args[2..] : [];
IReadOnlyList<Target> all = new Targets().All;
if (names.Except(all.Select(target => target.Name)).FirstOrDefault() is { } unknown)
{
    await Console.Error.WriteLineAsync($"There is no target {unknown}; there are {string.Join(", ", all.Select(target => target.Name))}.");
    return 1;
}

foreach (Target target in all.Where(target => names.Length == 0 || names.Contains(target.Name)))
{
    if (!Run(target, seed, TimeSpan.FromSeconds(seconds)))
    {
        return 1;
    }
}

return 0;

static bool Run(Target target, int seed, TimeSpan time)
{
    var mutator = new Mutator(seed);
    long start = Stopwatch.GetTimestamp();
    (long rounds, long taken) = (0, 0);
    for (; Stopwatch.GetElapsedTime(start) < time; rounds++)
    {
        byte[] input = mutator.Next(target.Seeds);
        try
        {
            taken += target.Run(input) ? 1 : 0;
        }
        catch (Exception exception)
        {
            Console.WriteLine($"{target.Name}: seed {seed}, round {rounds}: {exception}\ninput: {Convert.ToHexStringLower(input)}");
            return false;
        }
    }

    Console.WriteLine($"{target.Name}: {rounds} inputs with seed {seed}, {taken} taken, nothing thrown");
    return true;
}
