namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which Nitro enclaves an owner accepts. Debugging is refused whatever it says.</summary>
public sealed record NitroPolicy
{
    /// <summary>The greatest PCR that every policy names: what follows is zero or the enclave's own.</summary>
    public const int LastNamedPcr = 8;

    /// <summary>The greatest PCR that a document can have.</summary>
    public const int LastPcr = 31;

    /// <summary>
    /// Gets the accepted values per PCR, 48 bytes each. PCR0 (the image), PCR1 (kernel and boot), PCR2 (the application), PCR3 (the instance's role), PCR4 (the
    /// instance), PCR8 (who signed the image) and 5 to 7, which are zero today, are all named; only PCR0 cannot be waived. Others may be named.
    /// </summary>
    public required IReadOnlyDictionary<int, Expectation<IReadOnlyList<ByteString>>> Pcrs { get; init; }

    /// <summary>Gets how old a document may be.</summary>
    public required Expectation<NitroAge> MaximumAge { get; init; }

    /// <summary>Gets where the enclave shows its initdata: Nitro itself has no place for it.</summary>
    public required Expectation<NitroInitData> InitData { get; init; }

    /// <summary>Gets whether evidence below a development root is accepted; everything then says so.</summary>
    public required bool Development { get; init; }

    /// <summary>Gets the checks that the owner does without, in the order of the document.</summary>
    public IReadOnlyList<Waiver> Waivers => [.. AllWaivers().OfType<Waiver>()];

    private IEnumerable<Waiver?> AllWaivers()
    {
        foreach ((int index, Expectation<IReadOnlyList<ByteString>> pcr) in Pcrs.OrderBy(entry => entry.Key))
        {
            yield return ExpectationJson.WaiverOf($"nitro.pcrs.{index}", pcr);
        }

        yield return ExpectationJson.WaiverOf("nitro.maximumAge", MaximumAge);
        yield return ExpectationJson.WaiverOf("nitro.initData", InitData);
    }
}
