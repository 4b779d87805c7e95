using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>A trust domain, its platform, Intel's word and its owner, in which everything is right; a test changes one thing.</summary>
internal sealed record TdxScene
{
    public static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly SoftwareTdxPki Pki = new();
    public static readonly SoftwareTdxPlatform Platform = Pki.MakePlatform();
    public static readonly SoftwareEventLog Log = new SoftwareEventLog().Add(0, 1, "configuration").Add(1, 0x80000003, "kernel").Add(2, 13, "command line").Add(0, 3, "no action");

    private static readonly TrustRoots s_roots = RootsOf(Pki);

    public SoftwareTdxPlatform Signer { get; init; } = Platform;

    public SoftwareQuote Quote { get; init; } = new();

    public SoftwareTdxCollateral Collateral { get; init; } = new(Pki);

    public TrustRoots Roots { get; init; } = s_roots;

    public DateTimeOffset Now { get; init; } = Noon;

    public ByteString? EventLog { get; init; }

    public Func<TdxPolicy, TdxPolicy> Policy { get; init; } = policy => policy;

    /// <summary>Gets whether the judgement of the platform is left out, as it is without collateral.</summary>
    public bool IsUnjudged { get; init; }

    public static TrustRoots RootsOf(SoftwareTdxPki pki) =>
        TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);

    public static TdxScene WithInfo(Action<JsonObject> change) => new() { Collateral = new(Pki) { TcbInfo = change } };

    public static TdxScene WithIdentity(Action<JsonObject> change) => new() { Collateral = new(Pki) { Identity = change } };

    public static TdxScene With(SoftwareQuote quote) => new() { Quote = quote };

    public static TdxScene Demand(Func<TdxPolicy, TdxPolicy> change) => new() { Policy = change };

    public TdxAttempt ToAttempt()
    {
        if (!TdxQuote.TryParse(Signer.Sign(Quote).Span, out TdxQuote? quote, out Refusal? refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        CcEventLog? log = null;
        if (EventLog is not null && !CcEventLog.TryParse(EventLog.Memory, out log, out refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        return new TdxAttempt(quote, TdxCollateral.Read([], Collateral.Make(), Roots.Tdx), Roots, Now) { EventLog = log };
    }

    public Authentication Authenticate(RuleList<TdxAttempt>? steps = null, RuleList<TdxAttempt>? platformSteps = null) =>
        TdxVerifier.Authenticate(ToAttempt(), Roots, steps, platformSteps);

    public TdxSubject ToSubject()
    {
        Authentication authentication = Authenticate(null, IsUnjudged ? new RuleList<TdxAttempt>("no steps") : null);
        var authentic = authentication.Evidence as AuthenticTdxQuote ?? throw new InvalidOperationException(authentication.Refusal?.Message);
        return new TdxSubject(authentic, Policy(DefaultPolicy()), Now);
    }

    public static TdxPolicy DefaultPolicy() => SampleTdxPolicy.Make(new SoftwareQuote());
}
