namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Makes expectations.</summary>
public static class Expect
{
    /// <summary>The fact is checked.</summary>
    public static Expectation<T> Required<T>(T value)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value, null);
    }

    /// <summary>The fact must be one of the list; an empty list accepts nothing.</summary>
    public static Expectation<IReadOnlyList<T>> AnyOf<T>(params IReadOnlyList<T> values) => Required(values);

    /// <summary>The fact is not checked, for this reason.</summary>
    public static Expectation<T> Waived<T>(string reason)
        where T : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(null, reason);
    }
}
