using ConfidentialOperator.Fuzz.Mutation;

namespace ConfidentialOperator.Fuzz;

/// <summary>
/// A parser of bytes from strangers, with good inputs to start from. It may refuse whatever it likes and throw nothing, must not allocate more than a small
/// multiple of the input, and must not take long. It returns whether it took the input.
/// </summary>
internal sealed record Target(string Name, Shape Shape, IReadOnlyList<byte[]> Seeds, Func<byte[], bool> Run)
{
    /// <summary>The longest time for one input, in milliseconds.</summary>
    public const int MostMilliseconds = 100;

    private const long ParserGoal = 10_000_000;
    private const long VerifierGoal = 100_000;

    /// <summary>Gets whether signatures are checked behind the parser: then there are fewer inputs in the same time.</summary>
    public bool Verifies { get; init; }

    /// <summary>Gets the number of inputs for a documented run.</summary>
    public long Goal => Verifies ? VerifierGoal : ParserGoal;

    /// <summary>Gets what may be allocated for any input: a verifier reads certificates and writes a verdict with every rule.</summary>
    public int MostBytes
    {
        get => field > 0 ? field : Verifies ? 1024 * 1024 : 64 * 1024;
        init;
    }

    /// <summary>Gets what may be allocated beyond that for each byte of the input.</summary>
    public int MostBytesPerByte { get; init; } = 32;

    public long MostAllocated(int length) => MostBytes + ((long)MostBytesPerByte * length);
}
