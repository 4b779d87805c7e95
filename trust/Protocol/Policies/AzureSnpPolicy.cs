namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which confidential VMs of Azure on SEV-SNP an owner accepts: the paravisor by its hardware report, and what it started by the PCRs.</summary>
public sealed record AzureSnpPolicy
{
    /// <summary>Gets the demands on the 24 PCRs (<see cref="AzurePcrs"/>).</summary>
    public required IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> Pcrs { get; init; }

    /// <summary>Gets the rules for the hardware report: the measurement is the paravisor's.</summary>
    public required SnpPolicy Snp { get; init; }

    /// <summary>Gets the checks that the owner does without.</summary>
    public IReadOnlyList<Waiver> Waivers =>
    [
        .. AzurePcrs.Waivers("az-snp-vtpm", Pcrs).OfType<Waiver>(),
        .. Snp.Waivers.Select(waiver => waiver with { Check = $"az-snp-vtpm.snp.{waiver.Check}" }),
    ];
}
