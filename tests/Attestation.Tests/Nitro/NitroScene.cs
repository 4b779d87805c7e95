using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nitro;

/// <summary>An enclave, its owner and an asker in which everything is right; a test changes one thing.</summary>
internal sealed record NitroScene
{
    public static readonly DateTimeOffset Noon = Scene.Noon;
    public static readonly ByteString ReportData = PaddedReportData.Of(ByteString.Sha256("question"u8).Span);
    public static readonly ByteString InitData = ByteString.Sha256("initdata"u8);

    private static readonly SoftwareNitroPki s_pki = SoftwareNitroPki.Create();
    private static readonly TrustRoots s_roots = RootsOf(s_pki);
    private static readonly SoftwareEnclave s_enclave = Enclave();

    public SoftwareEnclave Signer { get; init; } = s_enclave;

    public DateTimeOffset Now { get; init; } = Noon;

    public ByteString Expected { get; init; } = ReportData;

    public ByteString? Nonce { get; init; }

    public Func<SoftwareNitroDocument, SoftwareNitroDocument> Document { get; init; } = document => document;

    /// <summary>Gets a change of the signed bytes.</summary>
    public Func<byte[], byte[]> Bytes { get; init; } = bytes => bytes;

    /// <summary>Gets whether the rules are as no signed policy can have them: whoever writes policies in code gets no more than whoever signs them.</summary>
    public bool IsUnsigned { get; init; }

    public Func<TrustPolicy, TrustPolicy> Policy { get; init; } = policy => policy;

    public static NitroScene With(Func<NitroPolicy, NitroPolicy> change) => new() { Policy = policy => policy with { Nitro = change(policy.Nitro!) } };

    public static NitroScene WithPcr(int index, ByteString? value) => new()
    {
        Document = document => document with
        {
            Pcrs = value is null ? document.Pcrs.Where(pcr => pcr.Key != index).ToDictionary() : new Dictionary<int, ByteString>(document.Pcrs) { [index] = value },
        },
    };

    public static SoftwareEnclave Enclave(DateTimeOffset? from = null, DateTimeOffset? to = null, bool isAuthority = false) =>
        s_pki.MakeEnclave(from ?? Noon.AddHours(-1), to ?? Noon.AddHours(2), isAuthority);

    public static TrustRoots RootsOf(SoftwareNitroPki pki) => TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.ToString());

    public byte[] Sign() => Bytes(Signer.Sign(Document(new SoftwareNitroDocument
    {
        Timestamp = Noon.AddSeconds(-10),
        UserData = ReportData,
        Pcrs = new Dictionary<int, ByteString>(SoftwareNitroDocument.DefaultPcrs) { [16] = Extended(InitData) },
    })).ToArray());

    public Authentication Authenticate(RuleList<NitroAttempt>? steps = null) => NitroDocument.TryParse(Sign(), out NitroDocument? document, out Refusal? refusal)
        ? NitroVerifier.Authenticate(document, s_roots, Now, steps) : throw new InvalidOperationException(refusal.ToString());

    public NitroSubject ToSubject()
    {
        var authentic = (AuthenticNitroDocument?)Authenticate().Evidence;
        SignedTrustPolicy policy = Owner.Sign(IsUnsigned ? Base() : Policy(Base()));
        NitroPolicy? rules = IsUnsigned ? Policy(Base()).Nitro : policy.Policy.Nitro;
        return new NitroSubject(authentic ?? throw new InvalidOperationException("The scene's document is not authentic."),
            new AppraisalInputs(policy, Expected, Now), rules)
        { Nonce = Nonce };
    }

    public static ByteString Extended(ByteString digest) => new(System.Security.Cryptography.SHA384.HashData([.. new byte[48], .. digest.Span]));

    public static NitroPolicy Rules() => new()
    {
        Pcrs = Enumerable.Range(0, NitroPolicy.LastNamedPcr + 1).ToDictionary(index => index, index => Expect.AnyOf(SoftwareNitroDocument.DefaultPcrs[index])),
        MaximumAge = Expect.Required(new NitroAge(60)),
        InitData = Expect.Required(new NitroInitData(16)),
        Development = true,
    };

    private static TrustPolicy Base() => SamplePolicy.Make(Noon.AddYears(1), InitData, Scene.Manifest) with { Snp = null, Nitro = Rules() };
}
