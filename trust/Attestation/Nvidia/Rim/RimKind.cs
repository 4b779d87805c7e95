namespace ConfidentialOperator.Attestation.Nvidia.Rim;

/// <summary>What reference values are for. Whoever gives them says it by the kind of the collateral, and the versions must agree.</summary>
internal enum RimKind
{
    /// <summary>A GPU's driver: collateral of kind <c>driver-rim</c>.</summary>
    Driver = 1,

    /// <summary>A GPU's VBIOS or a switch's BIOS: collateral of kind <c>vbios-rim</c>.</summary>
    Vbios = 2,
}
