using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Azure;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.FakeTee.Snp;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Azure;

/// <summary>A confidential VM of Azure on a software chip, its owner and an asker in which everything is right; a test changes one thing.</summary>
internal sealed record AzureScene
{
    public static readonly ByteString InitData = ByteString.Sha256("initdata"u8);
    public static readonly ByteString Challenge = ByteString.Sha256("question"u8);
    public static readonly SoftwareParavisor Paravisor = new();

    private static readonly SoftwareReport s_template = new SoftwareGuest(Development.Chip, LaunchInputs.Development, null).Template;

    public Func<SoftwareReport, SoftwareReport> Hardware { get; init; } = report => report;

    public Func<SoftwareAzureGuest, SoftwareAzureGuest> Guest { get; init; } = guest => guest;

    public Func<AzureEvidence, AzureEvidence> Evidence { get; init; } = evidence => evidence;

    public Func<TrustPolicy, TrustPolicy> Policy { get; init; } = policy => policy;

    public ByteString Expected { get; init; } = PaddedReportData.Of(Challenge.Span);

    /// <summary>Gets a change of the rules that no signed policy can have: whoever writes policies in code gets no more than whoever signs them.</summary>
    public Func<AzureSubject, AzureSubject> Subject { get; init; } = subject => subject;

    /// <summary>Gets what the paravisor's copy of the hardware's report contradicts; null for nothing.</summary>
    public string? Contradiction { get; init; }

    public static AzureScene WithPcrs(Func<Dictionary<int, Expectation<IReadOnlyList<ByteString>>>, Dictionary<int, Expectation<IReadOnlyList<ByteString>>>> change) => new()
    {
        Policy = policy => policy with { AzureSnp = policy.AzureSnp! with { Pcrs = change(policy.AzureSnp.Pcrs.ToDictionary()) } },
    };

    public static AzureEvidence Attest(Func<SoftwareAzureGuest, SoftwareAzureGuest> change, Func<SoftwareReport, SoftwareReport>? hardware = null, SoftwareParavisor? paravisor = null) =>
        (paravisor ?? Paravisor).Attest(change(new SoftwareAzureGuest
        {
            Hardware = SoftwareAzureGuest.On(Development.Chip, (hardware ?? (report => report))(s_template)),
            ExtraData = Challenge,
        }));

    public AzureEvidence Attest() => Evidence(Attest(Guest, Hardware));

    public Authentication Authenticate(RuleList<AzureAttempt>? steps = null)
    {
        AzureEvidence given = Attest();
        if (!AzureGuestEvidence.TryCreate(given, out AzureGuestEvidence? evidence, out Refusal? refusal))
        {
            throw new InvalidOperationException(refusal.ToString());
        }

        evidence = Contradiction is null ? evidence : new AzureGuestEvidence(new ContradictedHardware(evidence.Hardware, Contradiction), evidence.Report, evidence.Quote, given);
        return AzureVerifier.Authenticate(evidence, new EvidenceInputs(Development.Roots, Scene.Noon), steps);
    }

    public AuthenticAzureGuest Authentic() => (AuthenticAzureGuest?)Authenticate().Evidence ?? throw new InvalidOperationException("The scene's evidence is not authentic.");

    public AppraisalInputs Inputs() => new(Owner.Sign(Policy(Base())), Expected, Scene.Noon);

    public AzureSubject ToSubject() => Subject(AzureSubject.Of(Authentic(), Inputs()));

    private static TrustPolicy Base()
    {
        IReadOnlyList<ByteString> pcrs = SoftwareAzureGuest.MakePcrs(InitData);
        return SamplePolicy.Make(Scene.Noon.AddYears(1), InitData, Scene.Manifest) with
        {
            Snp = null,
            AzureSnp = new AzureSnpPolicy
            {
                Pcrs = AzurePcrs.Of(Enumerable.Range(0, 8).ToDictionary(index => index, index => (IReadOnlyList<ByteString>)[pcrs[index]]), "a test"),
                Snp = SamplePolicy.Snp(),
            },
        };
    }
}
