using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>What an owner expects of one fact, or the stated reason why it is not checked. There is no third way: nothing is skipped in silence.</summary>
/// <typeparam name="T">The expectation.</typeparam>
public sealed class Expectation<T>
    where T : class
{
    internal Expectation(T? value, string? waivedBecause)
    {
        Value = value;
        WaivedBecause = waivedBecause;
    }

    /// <summary>Gets what is expected; null when it is waived.</summary>
    public T? Value { get; }

    /// <summary>Gets why it is not checked; null when it is.</summary>
    public string? WaivedBecause { get; }

    /// <summary>Gets whether it is not checked.</summary>
    [MemberNotNullWhen(true, nameof(WaivedBecause))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsWaived => WaivedBecause is not null;
}
