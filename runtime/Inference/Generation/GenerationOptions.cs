namespace ConfidentialOperator.Inference.Generation;

/// <summary>How an answer is chosen. The defaults are OpenAI's, but for the temperature of a field that is absent: the endpoint decides it.</summary>
internal sealed record GenerationOptions
{
    /// <summary>Gets the most tokens of the answer; null: as many as the context holds.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Gets the temperature, 0 to 2. With 0 the likeliest token is taken, and the answer is the same each time.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Gets the share of probability, above 0 to 1, that the candidates must have together.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Gets the seed; null: a random one.</summary>
    public long? Seed { get; init; }

    /// <summary>Gets the texts that end the answer; at most four, none empty. The text itself is not part of the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];
}
