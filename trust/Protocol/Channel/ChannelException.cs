namespace ConfidentialOperator.Protocol.Channel;

/// <summary>A refusal that shows while a stream is read, where only an exception can carry it.</summary>
public sealed class ChannelException : IOException
{
    /// <summary>Makes the exception of a refusal.</summary>
    public ChannelException(Refusal refusal)
        : base(refusal?.Message) => Refusal = refusal ?? throw new ArgumentNullException(nameof(refusal));

    /// <summary>Makes an exception of an unknown fault.</summary>
    public ChannelException()
        : this(new Refusal(RefusalReason.InternalError, "The channel failed."))
    {
    }

    /// <summary>Makes an exception of an unknown fault.</summary>
    public ChannelException(string message)
        : this(new Refusal(RefusalReason.InternalError, message))
    {
    }

    /// <summary>Makes an exception of an unknown fault.</summary>
    public ChannelException(string message, Exception innerException)
        : base(message, innerException) => Refusal = new Refusal(RefusalReason.InternalError, message);

    internal ChannelException(RefusalReason reason, string message)
        : this(new Refusal(reason, message))
    {
    }

    /// <summary>Gets why reading stopped.</summary>
    public Refusal Refusal { get; }
}
