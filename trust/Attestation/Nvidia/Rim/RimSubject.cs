namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>What the comparison of a device with reference values looks at.</summary>
/// <param name="Device">The device.</param>
/// <param name="Kind">What the reference values are for.</param>
/// <param name="Values">The reference values that NVIDIA vouches for; null when there are none.</param>
/// <param name="Other">Those of the other kind; null when there are none.</param>
internal sealed record RimSubject(AuthenticDevice Device, RimKind Kind, RimContent? Values, RimContent? Other)
{
    public string? Version => Kind == RimKind.Driver ? Device.DriverVersion : Device.VbiosVersion;
}
