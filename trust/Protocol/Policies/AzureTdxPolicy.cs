namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which confidential VMs of Azure on TDX an owner accepts: the paravisor by its TD quote, and what it started by the PCRs.</summary>
public sealed record AzureTdxPolicy
{
    /// <summary>Gets the demands on the 24 PCRs (<see cref="AzurePcrs"/>).</summary>
    public required IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> Pcrs { get; init; }

    /// <summary>Gets the rules for the TD quote: the measurement is the paravisor's.</summary>
    public required TdxPolicy Tdx { get; init; }

    /// <summary>Gets the checks that the owner does without.</summary>
    public IReadOnlyList<Waiver> Waivers =>
    [
        .. AzurePcrs.Waivers("az-tdx-vtpm", Pcrs).OfType<Waiver>(),
        .. Tdx.Waivers.Select(waiver => waiver with { Check = $"az-tdx-vtpm.tdx.{waiver.Check}" }),
    ];
}
