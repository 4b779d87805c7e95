using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>A golden value that counts.</summary>
/// <param name="Index">Its index, from 0: the device's measurement has the next number.</param>
/// <param name="Alternatives">The values of which the device must have one.</param>
internal sealed record RimMeasurement(int Index, IReadOnlyList<ByteString> Alternatives);
