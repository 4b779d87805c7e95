namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>What the steps about one document with reference values look at.</summary>
/// <param name="What">What the document is for, in words.</param>
/// <param name="Document">The document; null when none was given.</param>
/// <param name="AllowsExpiredSigner">Whether the owner accepts reference values whose signer's certificate has run out.</param>
/// <param name="Now">The time.</param>
internal sealed record RimAttempt(string What, RimDocument? Document, bool AllowsExpiredSigner, DateTimeOffset Now)
{
    /// <summary>Gets whether the device itself ends in a development root.</summary>
    public bool IsForDevelopment { get; init; }
}
