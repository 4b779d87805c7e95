namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>Whose hypervisor launches the guest: they prepare its first state in different ways.</summary>
public enum HypervisorKind
{
    /// <summary>QEMU with KVM, as Kata Containers runs it.</summary>
    Qemu,

    /// <summary>The hypervisor of Amazon EC2.</summary>
    Ec2,

    /// <summary>The hypervisor of Google Compute Engine.</summary>
    Gce,
}
