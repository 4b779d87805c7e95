namespace ConfidentialOperator.Protocol.Policies;

/// <summary>How old a Nitro document may be when it is looked at.</summary>
/// <param name="Seconds">The age in seconds.</param>
public sealed record NitroAge(int Seconds)
{
    /// <summary>The greatest age that can be asked for: an enclave's certificate lives three hours.</summary>
    public const int Greatest = 24 * 60 * 60;

    /// <summary>Gets the age.</summary>
    public TimeSpan Span => TimeSpan.FromSeconds(Seconds);
}
