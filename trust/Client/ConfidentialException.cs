using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client;

/// <summary>A refusal where only an exception can carry it: <see cref="ConfidentialHandler"/> below an HTTP client.</summary>
public sealed class ConfidentialException : HttpRequestException
{
    /// <summary>Makes the exception of a refusal.</summary>
    public ConfidentialException(Refusal refusal)
        : base(refusal?.ToString()) => Refusal = refusal ?? throw new ArgumentNullException(nameof(refusal));

    /// <summary>Makes an exception of an unknown fault.</summary>
    public ConfidentialException()
        : this(new Refusal(RefusalReason.InternalError, "The request failed."))
    {
    }

    /// <summary>Makes an exception of an unknown fault.</summary>
    public ConfidentialException(string message)
        : this(new Refusal(RefusalReason.InternalError, message))
    {
    }

    /// <summary>Makes an exception of an unknown fault.</summary>
    public ConfidentialException(string message, Exception innerException)
        : base(message, innerException) => Refusal = new Refusal(RefusalReason.InternalError, message);

    /// <summary>Gets the refusal.</summary>
    public Refusal Refusal { get; }
}
