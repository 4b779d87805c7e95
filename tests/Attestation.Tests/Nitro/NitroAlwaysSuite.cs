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
        new("another nonce", "nonce", RefusalReason.NonceMismatch, new NitroScene { Nonce = s_nonce, Document = document => document with { Nonce = NitroScene.InitData } }),
        new("no nonce", "nonce", RefusalReason.NonceMismatch, new NitroScene { Nonce = s_nonce }),
        new("debug mode", "debug", RefusalReason.DebugAllowed, NitroScene.WithPcr(0, new ByteString(new byte[48]))),
        new("no measurement", "debug", RefusalReason.DebugAllowed, NitroScene.WithPcr(0, null)),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? NitroChecks.Always : NitroChecks.Always.Without(without)).Apply(((NitroScene)given.Scene!).ToSubject());
}
