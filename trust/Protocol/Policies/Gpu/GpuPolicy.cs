using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which GPUs and NVSwitches an owner accepts. A guest whose policy has these rules must show evidence of its devices.</summary>
public sealed record GpuPolicy
{
    /// <summary>Gets how many devices there must be. It cannot be waived: evidence that is left out must be missed.</summary>
    public required GpuCount Count { get; init; }

    /// <summary>Gets the accepted architectures.</summary>
    public required IReadOnlyList<NvidiaArchitecture> Architectures { get; init; }

    /// <summary>Gets the accepted versions of the driver.</summary>
    public required Expectation<IReadOnlyList<string>> DriverVersions { get; init; }

    /// <summary>Gets the accepted versions of VBIOS and switch BIOS.</summary>
    public required Expectation<IReadOnlyList<string>> VbiosVersions { get; init; }

    /// <summary>Gets the demand on the driver's measurements.</summary>
    public required Expectation<GpuReferenceValues> DriverRim { get; init; }

    /// <summary>Gets the demand on the measurements of VBIOS and switch BIOS.</summary>
    public required Expectation<GpuReferenceValues> VbiosRim { get; init; }

    /// <summary>Gets the demand on revocation.</summary>
    public required Expectation<GpuRevocation> Revocation { get; init; }

    /// <summary>Gets the accepted modes of GPUs.</summary>
    public required Expectation<IReadOnlyList<GpuMode>> Modes { get; init; }

    /// <summary>Gets whether evidence below a development root is accepted; everything then says so.</summary>
    public required bool Development { get; init; }

    /// <summary>Gets the checks that the owner does without, in the order of the document.</summary>
    public IReadOnlyList<Waiver> Waivers =>
    [
        .. new[]
        {
            ExpectationJson.WaiverOf("gpu.driverVersions", DriverVersions),
            ExpectationJson.WaiverOf("gpu.vbiosVersions", VbiosVersions),
            ExpectationJson.WaiverOf("gpu.driverRim", DriverRim),
            ExpectationJson.WaiverOf("gpu.vbiosRim", VbiosRim),
            ExpectationJson.WaiverOf("gpu.revocation", Revocation),
            ExpectationJson.WaiverOf("gpu.modes", Modes),
        }.OfType<Waiver>(),
    ];
}
