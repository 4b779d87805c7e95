using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>What the rules about all devices of a machine look at.</summary>
/// <param name="Given">The number of devices whose evidence was given.</param>
/// <param name="Devices">The devices that are authentic.</param>
/// <param name="Policy">The owner's rules for devices.</param>
internal sealed record MachineSubject(int Given, IReadOnlyList<AuthenticDevice> Devices, GpuPolicy Policy);
