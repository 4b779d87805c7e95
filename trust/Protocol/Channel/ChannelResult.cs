using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>What an asynchronous step gave: a value, or the refusal that stands in its place.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class ChannelResult<T>
    where T : class
{
    private ChannelResult(T? value, Refusal? refusal)
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

    internal static ChannelResult<T> Of(T value) => new(value, null);

    internal static ChannelResult<T> Refused(Refusal refusal) => new(null, refusal);
}
