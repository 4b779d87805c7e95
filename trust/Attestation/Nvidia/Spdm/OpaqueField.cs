namespace ConfidentialOperator.Attestation.Nvidia.Spdm;

/// <summary>The types of opaque data that are looked at; others are passed over.</summary>
internal enum OpaqueField
{
    DriverVersion = 3,
    VbiosVersion = 6,

    /// <summary>Whether the zeroth video decoder measures: 0xAA enabled, 0x55 disabled.</summary>
    Nvdec0Status = 11,
    BoardId = 14,
    ChipSku = 15,
    Project = 17,
    ProjectSku = 18,

    /// <summary>The digest of the firmware that holds the signing key.</summary>
    FirmwareId = 20,

    /// <summary>Whether the GPU is in protected PCIe mode: 0xAA enabled, 0x55 disabled.</summary>
    ProtectedPcie = 21,

    /// <summary>Ids of switches, 8 bytes each: a switch's own, or those that a GPU sees.</summary>
    SwitchIds = 22,
    OpaqueVersion = 34,
    ChipInfo = 35,

    /// <summary>The mode: 0 one GPU, 1 several GPUs, 2 protected PCIe.</summary>
    FeatureFlag = 36,
}
