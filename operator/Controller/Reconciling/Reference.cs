using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>A value of another object that a specification names: its bytes, or why there are none.</summary>
internal sealed record Reference
{
    private Reference(byte[]? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>Gets what stands for a value that the specification does not ask for.</summary>
    public static Reference NotNeeded { get; } = new(null, null);

    public byte[]? Value { get; }

    public Refusal? Refusal { get; }

    public static Reference Of(byte[] value) => new(value, null);

    public static Reference Missing(RefusalReason reason, string message) => new(null, new Refusal(reason, message));
}
