using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>Evidence of one TEE whose layout is sound. Nothing in it is true yet: <see cref="Authenticate"/> decides that.</summary>
public abstract class Evidence
{
    private protected Evidence()
    {
    }

    /// <summary>Gets the kind of TEE.</summary>
    public abstract TeeKind Tee { get; }

    /// <summary>Gets the id of the chip or module as the evidence states it, to find collateral by; empty where it names none. It may be a lie.</summary>
    public virtual ByteString StatedHardwareId => ByteString.Empty;

    /// <summary>Decides whether hardware vouches for it.</summary>
    internal abstract Authentication Authenticate(EvidenceInputs inputs);
}
