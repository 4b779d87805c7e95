using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>An event of the log: what was measured into which register.</summary>
/// <param name="Register">The runtime measurement register, 0 to 3; -1 for MRTD, which no event changes after the launch.</param>
/// <param name="Type">The type of the event (TCG PC Client Platform Firmware Profile, 10.4.1).</param>
/// <param name="Digest">The SHA-384 digest that the register was extended with.</param>
/// <param name="Data">What the firmware says that it measured. It is a claim: only the digest is bound to the register.</param>
public sealed record CcEvent(int Register, uint Type, ByteString Digest, ReadOnlyMemory<byte> Data)
{
    /// <summary>The type of an event that only tells something and extends no register.</summary>
    public const uint NoAction = 3;

    /// <summary>Gets whether a register was extended by it.</summary>
    public bool Extends => Register >= 0 && Type != NoAction;
}
