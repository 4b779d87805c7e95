using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Nitro;

/// <summary>The rules for every enclave.</summary>
internal sealed class NitroAlwaysSuite : IRuleSuite
{
    private static readonly ByteString s_nonce = ByteString.Sha256("nonce"u8);

    public IRuleList List => NitroChecks.Always;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new NitroScene()),
        new("the nonce that was asked with", null, RefusalReason.None, new NitroScene { Nonce = s_nonce, Document = document => document with { Nonce = s_nonce } }),
        new("other user data", "report-data", RefusalReason.ReportDataMismatch, new NitroScene { Expected = PaddedReportData.Of(s_nonce.Span) }),
        new("no user data", "report-data", RefusalReason.ReportDataMismatch, new NitroScene { Document = document => document with { UserData = null } }),
        new("no user data, and none is asked for", "report-data", RefusalReason.ReportDataMismatch,
            new NitroScene { Expected = ByteString.Empty, Document = document => document with { UserData = null } }),
        new("half of the user data", "report-data", RefusalReason.ReportDataMismatch,
            new NitroScene { Document = document => document with { UserData = new ByteString(NitroScene.ReportData.Span[..32]) } }),
        new("another nonce", "nonce", RefusalReason.NonceMismatch, new NitroScene { Nonce = s_nonce, Document = document => document with { Nonce = NitroScene.InitData } }),
        new("no nonce", "nonce", RefusalReason.NonceMismatch, new NitroScene { Nonce = s_nonce }),
        new("policy has ended", "policy-time", RefusalReason.PolicyExpired, new NitroScene { Policy = policy => policy with { NotAfter = NitroScene.Noon.AddSeconds(-1) } }),
        new("policy without Nitro", "tee", RefusalReason.TeeNotAccepted, new NitroScene { Policy = policy => policy with { Nitro = null } }),
        new("debug mode", "debug", RefusalReason.DebugAllowed, NitroScene.WithPcr(0, new ByteString(new byte[48]))),
        new("no measurement", "debug", RefusalReason.DebugAllowed, NitroScene.WithPcr(0, null)),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? NitroChecks.Always : NitroChecks.Always.Without(without)).Apply(((NitroScene)given.Scene!).ToSubject());
}
