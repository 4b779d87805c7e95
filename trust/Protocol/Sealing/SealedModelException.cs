namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>A refusal that shows while a sealed file is read as a stream, where only an exception can carry it.</summary>
public sealed class SealedModelException : IOException
{
    /// <summary>Makes the exception of a refusal.</summary>
    public SealedModelException(Refusal refusal)
        : base(refusal?.Message) => Refusal = refusal ?? throw new ArgumentNullException(nameof(refusal));

    /// <summary>Makes an exception of an unknown fault.</summary>
    public SealedModelException()
        : this(new Refusal(RefusalReason.InternalError, "The sealed model cannot be read."))
    {
    }

    /// <summary>Makes an exception of an unknown fault.</summary>
    public SealedModelException(string message)
        : this(new Refusal(RefusalReason.InternalError, message))
    {
    }

    /// <summary>Makes an exception of an unknown fault.</summary>
    public SealedModelException(string message, Exception innerException)
        : base(message, innerException) => Refusal = new Refusal(RefusalReason.InternalError, message);

    /// <summary>Gets why reading stopped.</summary>
    public Refusal Refusal { get; }
}
