namespace ConfidentialOperator.Protocol.Policies;

/// <summary>The demand that responders (OCSP) say that the certificates of devices and of their reference values are in force.</summary>
/// <param name="MaximumAgeSeconds">How old an answer may be, whatever it says about its end.</param>
/// <param name="HoldAccepted">Whether a certificate on hold is accepted, which otherwise counts as revoked.</param>
public sealed record GpuRevocation(long MaximumAgeSeconds, bool HoldAccepted)
{
    /// <summary>The greatest age that a policy can name: 30 days.</summary>
    public const long Greatest = 30L * 24 * 3600;
}
