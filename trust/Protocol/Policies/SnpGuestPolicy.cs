namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Demands on the guest's launch policy (POLICY of the SEV-SNP ABI), which the firmware enforces for the guest's whole life.</summary>
public sealed record SnpGuestPolicy
{
    /// <summary>Gets whether the guest may run on a core that shares its caches with another thread.</summary>
    public required bool SmtAllowed { get; init; }

    /// <summary>Gets whether the guest must stay on one socket.</summary>
    public required bool SingleSocketRequired { get; init; }

    /// <summary>Gets whether the guest may run where memory is attached by CXL.</summary>
    public required bool CxlAllowed { get; init; }

    /// <summary>Gets whether its memory must be encrypted with AES-256-XTS.</summary>
    public required bool Aes256XtsRequired { get; init; }

    /// <summary>Gets whether it must run only where nobody can measure the processor's power.</summary>
    public required bool RaplDisabledRequired { get; init; }

    /// <summary>Gets whether it must run only where the host cannot read its memory's ciphertext.</summary>
    public required bool CiphertextHidingRequired { get; init; }

    /// <summary>Gets whether the host must not be able to move or swap its pages.</summary>
    public required bool PageSwapDisabledRequired { get; init; }

    /// <summary>Gets the least major version of the ABI.</summary>
    public int MinimumAbiMajor { get; init; }

    /// <summary>Gets the least minor version of the ABI, within the least major version.</summary>
    public int MinimumAbiMinor { get; init; }
}
