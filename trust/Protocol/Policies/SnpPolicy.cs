using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Protocol.Policies;

/// <summary>Which SEV-SNP guests an owner accepts. Debugging and migration agents are refused whatever it says.</summary>
public sealed record SnpPolicy
{
    /// <summary>Gets the accepted launch measurements, 48 bytes each.</summary>
    public required IReadOnlyList<ByteString> Measurements { get; init; }

    /// <summary>Gets the least reported TCB per product; a product that is not named is not accepted.</summary>
    public required Expectation<IReadOnlyDictionary<SnpProduct, SnpTcb>> MinimumTcb { get; init; }

    /// <summary>Gets the least committed version of the firmware.</summary>
    public required Expectation<SnpFirmwareVersion> MinimumFirmware { get; init; }

    /// <summary>Gets the mitigations that must be in force.</summary>
    public required Expectation<SnpMitigations> Mitigations { get; init; }

    /// <summary>Gets the accepted privilege levels of the requester.</summary>
    public required IReadOnlyList<int> Vmpl { get; init; }

    /// <summary>Gets the accepted chips, by CHIP_ID.</summary>
    public required Expectation<IReadOnlyList<ByteString>> Chips { get; init; }

    /// <summary>Gets the providers whose key (VLEK) may have signed, by CSP_ID; a chip's own key (VCEK) is of no provider and not asked.</summary>
    public required Expectation<IReadOnlyList<string>> Providers { get; init; }

    /// <summary>Gets the accepted ID_KEY_DIGEST values.</summary>
    public required Expectation<IReadOnlyList<ByteString>> IdKeyDigests { get; init; }

    /// <summary>Gets the accepted AUTHOR_KEY_DIGEST values.</summary>
    public required Expectation<IReadOnlyList<ByteString>> AuthorKeyDigests { get; init; }

    /// <summary>Gets the accepted FAMILY_ID values, 16 bytes each. Whoever signs an ID block chooses them: demand the signer's key as well.</summary>
    public required Expectation<IReadOnlyList<ByteString>> FamilyIds { get; init; }

    /// <summary>Gets the accepted IMAGE_ID values, 16 bytes each.</summary>
    public required Expectation<IReadOnlyList<ByteString>> ImageIds { get; init; }

    /// <summary>Gets the least security version of the guest.</summary>
    public required Expectation<SnpGuestSvn> MinimumGuestSvn { get; init; }

    /// <summary>Gets the demands on the guest's launch policy: what the host may do with the guest.</summary>
    public required Expectation<SnpGuestPolicy> GuestPolicy { get; init; }

    /// <summary>Gets the demands on the machine.</summary>
    public required Expectation<SnpPlatformPolicy> Platform { get; init; }

    /// <summary>Gets whether AMD's revocation list must have been looked at.</summary>
    public required Expectation<SnpRevocation> Revocation { get; init; }

    /// <summary>Gets whether evidence below a development root is accepted; everything then says so.</summary>
    public required bool Development { get; init; }

    /// <summary>Gets the checks that the owner does without, in the order of the document.</summary>
    public IReadOnlyList<Waiver> Waivers => [.. AllWaivers().OfType<Waiver>()];

    private IEnumerable<Waiver?> AllWaivers()
    {
        yield return ExpectationJson.WaiverOf("minimumTcb", MinimumTcb);
        yield return ExpectationJson.WaiverOf("minimumFirmware", MinimumFirmware);
        yield return ExpectationJson.WaiverOf("mitigations", Mitigations);
        yield return ExpectationJson.WaiverOf("chips", Chips);
        yield return ExpectationJson.WaiverOf("providers", Providers);
        yield return ExpectationJson.WaiverOf("idKeyDigests", IdKeyDigests);
        yield return ExpectationJson.WaiverOf("authorKeyDigests", AuthorKeyDigests);
        yield return ExpectationJson.WaiverOf("familyIds", FamilyIds);
        yield return ExpectationJson.WaiverOf("imageIds", ImageIds);
        yield return ExpectationJson.WaiverOf("minimumGuestSvn", MinimumGuestSvn);
        yield return ExpectationJson.WaiverOf("guestPolicy", GuestPolicy);
        yield return ExpectationJson.WaiverOf("platform", Platform);
        yield return ExpectationJson.WaiverOf("revocation", Revocation);
    }
}

/// <summary>The least security version of the guest (GUEST_SVN of its ID block).</summary>
/// <param name="AtLeast">The number.</param>
public sealed record SnpGuestSvn(uint AtLeast);

/// <summary>The mitigations that must be in force, by AMD's bits for the product; reports of version 5 tell them.</summary>
/// <param name="Launch">The bits of LAUNCH_MIT_VECTOR that must be set.</param>
/// <param name="Current">The bits of CURRENT_MIT_VECTOR that must be set.</param>
public sealed record SnpMitigations(ulong Launch, ulong Current);

/// <summary>The demand that a current revocation list of the root must have been looked at.</summary>
public sealed record SnpRevocation
{
    /// <summary>Gets the demand.</summary>
    public static SnpRevocation ListRequired { get; } = new();
}
