using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>What the owner's rules about one device look at.</summary>
/// <param name="Device">The device.</param>
/// <param name="Policy">The owner's rules for devices.</param>
/// <param name="Nonce">What the device must answer, 32 bytes.</param>
internal sealed record DeviceSubject(AuthenticDevice Device, GpuPolicy Policy, ByteString Nonce);
