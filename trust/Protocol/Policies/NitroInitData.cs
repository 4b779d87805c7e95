namespace ConfidentialOperator.Protocol.Policies;

/// <summary>
/// The PCR that an enclave extends once, from zero, with the SHA-256 of its initdata, and then locks: the accepted digests are those of the policy. An
/// enclave whose configuration is part of its image does without.
/// </summary>
/// <param name="Pcr">The PCR: 16 to 31 are the enclave's own.</param>
public sealed record NitroInitData(int Pcr)
{
    /// <summary>The first PCR that an enclave may extend.</summary>
    public const int FirstPcr = 16;
}
