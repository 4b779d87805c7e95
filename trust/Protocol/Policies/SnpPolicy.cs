using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which SEV-SNP guests an owner accepts. Debugging and migration agents are refused whatever it says.</summary>
public sealed record SnpPolicy
{
    /// <summary>Gets the accepted launch measurements, 48 bytes each.</summary>
    public required IReadOnlyList<ByteString> Measurements { get; init; }

    /// <summary>Gets the least reported TCB per product; a product that is not named is not accepted.</summary>
    public required Expectation<IReadOnlyDictionary<SnpProduct, SnpTcb>> MinimumTcb { get; init; }

    /// <summary>Gets the accepted privilege levels of the requester.</summary>
    public required IReadOnlyList<int> Vmpl { get; init; }

    /// <summary>Gets the accepted chips, by CHIP_ID.</summary>
    public required Expectation<IReadOnlyList<ByteString>> Chips { get; init; }

    /// <summary>Gets the accepted ID_KEY_DIGEST values.</summary>
    public required Expectation<IReadOnlyList<ByteString>> IdKeyDigests { get; init; }

    /// <summary>Gets the accepted AUTHOR_KEY_DIGEST values.</summary>
    public required Expectation<IReadOnlyList<ByteString>> AuthorKeyDigests { get; init; }

    /// <summary>Gets the demands on the guest's launch policy: what the host may do with the guest.</summary>
    public required Expectation<SnpGuestPolicy> GuestPolicy { get; init; }

    /// <summary>Gets whether AMD's revocation list must have been looked at.</summary>
    public required Expectation<SnpRevocation> Revocation { get; init; }

    /// <summary>Gets whether evidence below a development root is accepted; everything then says so.</summary>
    public required bool Development { get; init; }

    /// <summary>Gets the checks that the owner does without, in the order of the document.</summary>
    public IReadOnlyList<Waiver> Waivers => [.. AllWaivers().OfType<Waiver>()];

    private IEnumerable<Waiver?> AllWaivers()
    {
        yield return Of("minimumTcb", MinimumTcb);
        yield return Of("chips", Chips);
        yield return Of("idKeyDigests", IdKeyDigests);
        yield return Of("authorKeyDigests", AuthorKeyDigests);
        yield return Of("guestPolicy", GuestPolicy);
        yield return Of("revocation", Revocation);
    }

    private static Waiver? Of<T>(string check, Expectation<T> expectation)
        where T : class => expectation.WaivedBecause is { } reason ? new Waiver(check, reason) : null;
}
