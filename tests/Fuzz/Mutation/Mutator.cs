namespace ConfidentialOperator.Fuzz.Mutation;

/// <summary>Changes a good input a little: by its structure (an element left out, put twice, nested, with another length) or by its bytes.</summary>
internal sealed class Mutator(int seed)
{
    /// <summary>The longest input: a little more than any parser takes, so that the limits are tried too.</summary>
    public const int Longest = (1024 * 1024) + 4096;

    private const int MostChanges = 5;

    private readonly Random _random = new(seed);

    /// <summary>Returns the next input.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds, Shape shape)
    {
        byte[] bytes = seeds[_random.Next(seeds.Count)];
        if (_random.Next(16) == 0)
        {
            bytes = Splice(bytes, seeds[_random.Next(seeds.Count)]);
        }

        for (int change = _random.Next(1, MostChanges + 1); change > 0; change--)
        {
            bytes = (_random.Next(2) == 0 ? shape : Shape.Bytes).Change(bytes, _random);
        }

        return bytes.Length <= Longest ? bytes : bytes[..Longest];
    }

    private byte[] Splice(byte[] bytes, byte[] other) => [.. bytes.AsSpan(0, _random.Next(bytes.Length + 1)), .. other.AsSpan(_random.Next(other.Length + 1))];
}
