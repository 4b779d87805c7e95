using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Guests;

/// <summary>
/// Proof for a client: the hardware bound this keyset to the client's nonce, and every rule of the policy holds. Requests may be sealed to its keys
/// until <see cref="ValidUntil"/>. Only <see cref="GuestVerifier"/> makes one.
/// </summary>
public sealed class VerifiedGuest
{
    private readonly AuthenticEvidence _evidence;
    private readonly SignedTrustPolicy _policy;
    private readonly DateTimeOffset _at;
    private readonly DateTimeOffset _devicesUntil;

    internal VerifiedGuest(Keyset keyset, ByteString keysetSha256, Appraisal appraisal, GuestQuestion question)
    {
        Keyset = keyset;
        KeysetSha256 = keysetSha256;
        _evidence = appraisal.Evidence!;
        _devicesUntil = appraisal.Devices.Count == 0 ? DateTimeOffset.MaxValue : appraisal.Devices.Min(device => device.ValidUntil);
        Development = appraisal.Development;
        _policy = question.Policy;
        _at = question.Now;
    }

    /// <summary>
    /// Gets the longest time that a proof is good for. Keys live for an hour and ten minutes, but a guest tells their end by a clock that its host sets.
    /// </summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(2);

    /// <summary>Gets the verified keyset.</summary>
    public Keyset Keyset { get; }

    /// <summary>Gets the SHA-256 of the keyset's bytes: the value of the header <c>Confidential-Keyset</c>.</summary>
    public ByteString KeysetSha256 { get; }

    /// <summary>Gets the launch measurement.</summary>
    public ByteString Measurement => _evidence.Measurement;

    /// <summary>Gets the initdata digest that the hardware reports; empty where the TEE has no place for it.</summary>
    public ByteString InitDataDigest => _evidence.InitDataDigest;

    /// <summary>Gets the kind of TEE.</summary>
    public TeeKind Tee => _evidence.Tee;

    /// <summary>Gets the processor or platform, for people.</summary>
    public string Platform => _evidence.Platform;

    /// <summary>Gets the firmware's version as the TEE counts it, for people.</summary>
    public string Tcb => _evidence.Tcb;

    /// <summary>Gets whether the evidence ends in a development root: then no hardware stands behind it.</summary>
    public bool Development { get; }

    /// <summary>Gets the SHA-256 of the policy that accepts it.</summary>
    public ByteString PolicySha256 => _policy.Sha256;

    /// <summary>Gets the version of the policy.</summary>
    public long PolicyVersion => _policy.Policy.PolicyVersion;

    /// <summary>Gets the end of the proof: the first of the ends of keyset, policy, and certificates of chip and devices, and <see cref="Longest"/> at most.</summary>
    public DateTimeOffset ValidUntil => new[] { Keyset.NotAfter, _policy.Policy.NotAfter, _evidence.ValidUntil, _devicesUntil, _at + Longest }.Min();
}
