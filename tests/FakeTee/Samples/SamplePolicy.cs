using ConfidentialOperator.Protocol;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.FakeTee.Samples;

/// <summary>A policy for tests and for the development machine: it accepts the development guest on any software chip.</summary>
public static class SamplePolicy
{
    /// <summary>Gets the rules that every development guest meets: what cannot matter on a software chip is waived, and says so.</summary>
    public static SnpPolicy Snp(params IReadOnlyList<ByteString> measurements) => new()
    {
        Measurements = measurements.Count > 0 ? measurements : [LaunchInputs.Development.Measure()],
        MinimumTcb = Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(new Dictionary<SnpProduct, SnpTcb>
        {
            [SnpProduct.Milan] = new(0, 4, 0, 24, 219),
            [SnpProduct.Genoa] = new(0, 4, 0, 24, 219),
            [SnpProduct.Turin] = new(0, 4, 0, 24, 219),
        }),
        MinimumFirmware = Expect.Required(new SnpFirmwareVersion(1, 55, 36)),
        Mitigations = Expect.Waived<SnpMitigations>("development chips have no mitigations"),
        Vmpl = [0],
        Chips = Expect.Waived<IReadOnlyList<ByteString>>("development chips are made on demand"),
        Providers = Expect.Waived<IReadOnlyList<string>>("development chips sign with their own key"),
        IdKeyDigests = Expect.Waived<IReadOnlyList<ByteString>>("development guests have no ID block"),
        AuthorKeyDigests = Expect.Waived<IReadOnlyList<ByteString>>("development guests have no ID block"),
        FamilyIds = Expect.Waived<IReadOnlyList<ByteString>>("development guests have no ID block"),
        ImageIds = Expect.Waived<IReadOnlyList<ByteString>>("development guests have no ID block"),
        MinimumGuestSvn = Expect.Waived<SnpGuestSvn>("development guests have no ID block"),
        GuestPolicy = Expect.Required(GuestPolicy),
        Platform = Expect.Required(Platform),
        Revocation = Expect.Waived<SnpRevocation>("the development root has no revocation list"),
        Development = true,
    };

    /// <summary>Gets demands on the launch policy that a development guest meets.</summary>
    public static SnpGuestPolicy GuestPolicy { get; } = new()
    {
        SmtAllowed = true,
        SingleSocketRequired = false,
        CxlAllowed = false,
        Aes256XtsRequired = false,
        RaplDisabledRequired = false,
        CiphertextHidingRequired = false,
        PageSwapDisabledRequired = false,
    };

    /// <summary>Gets demands on the machine that a development chip meets.</summary>
    public static SnpPlatformPolicy Platform { get; } = new()
    {
        SmtAllowed = true,
        TsmeRequired = false,
        EccRequired = false,
        RaplDisabledRequired = false,
        CiphertextHidingRequired = false,
        AliasCheckRequired = false,
        IommuWriteSafeRequired = false,
        TioAllowed = false,
        UnknownFlagsAllowed = false,
    };

    /// <summary>Returns a policy for the model <c>triage-notes</c> of the tenant <c>clinic</c>.</summary>
    public static TrustPolicy Make(DateTimeOffset notAfter, ByteString initDataDigest, ByteString manifestDigest, long version = 1) => new()
    {
        Model = "triage-notes",
        Tenant = "clinic",
        PolicyVersion = version,
        NotAfter = notAfter,
        Resources = [Resource("clinic/triage-notes/v3"), Resource("clinic/triage-notes-callers/v1")],
        ManifestDigests = [manifestDigest],
        MinimumModelVersion = 3,
        InitDataDigests = [initDataDigest],
        Snp = Snp(),
    };

    private static KbsResourceUri Resource(string path) =>
        KbsResourceUri.TryFromPath(path, out KbsResourceUri? uri) ? uri : throw new ArgumentException("The path is not a resource's.", nameof(path));
}
