using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol;

/// <summary>What an asynchronous step gave: a value, or the refusal that stands in its place.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Outcome<T>
    where T : class
{
    private Outcome(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>Gets the value, unless it was refused.</summary>
    public T? Value { get; }

    /// <summary>Gets the refusal, if there is one.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Gets whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Accepted => Refusal is null;

    /// <summary>Accepts a value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator Outcome<T>(T value) => Of(value);

    /// <summary>Refuses.</summary>
    /// <param name="refusal">Why.</param>
    public static implicit operator Outcome<T>(Refusal refusal) => new(null, refusal);

    internal static Outcome<T> Of(T value) => new(value, null);
}

/// <summary>Makes outcomes of interface types, for which C# has no conversion.</summary>
public static class Outcome
{
    /// <summary>An accepted value.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    public static Outcome<T> Of<T>(T value)
        where T : class => Outcome<T>.Of(value);
}
