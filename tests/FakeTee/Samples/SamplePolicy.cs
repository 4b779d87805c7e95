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
        Vmpl = [0],
        Chips = Expect.Waived<IReadOnlyList<ByteString>>("development chips are made on demand"),
        IdKeyDigests = Expect.Waived<IReadOnlyList<ByteString>>("development guests have no ID block"),
        AuthorKeyDigests = Expect.Waived<IReadOnlyList<ByteString>>("development guests have no ID block"),
        GuestPolicy = Expect.Required(new SnpGuestPolicy { SmtAllowed = true, SingleSocketRequired = false }),
        Revocation = Expect.Waived<SnpRevocation>("the development root has no revocation list"),
        Development = true,
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
