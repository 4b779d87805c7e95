using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>The rules for every trust domain.</summary>
internal sealed class TdxAlwaysSuite : IRuleSuite
{
    public IRuleList List => TdxChecks.Always;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new TdxScene()),
        new("every attribute that is known, but debugging", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { Attributes = 0x80000000F0000000 })),
        new("a log that leads to the registers", null, RefusalReason.None, Logged(TdxScene.Log, 0, 1, 2)),
        new("a log with events of the last register", null, RefusalReason.None, Logged(new SoftwareEventLog().Add(0, 1, "a").Add(1, 1, "b").Add(2, 1, "c").Add(3, 1, "d"), 0, 1, 2, 3)),
        new("debugging", "debug", RefusalReason.DebugAllowed, TdxScene.With(new SoftwareQuote { Attributes = 1UL | (1UL << 28) })),
        new("a reserved bit of the first byte", "reserved-attributes", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Attributes = 1UL << 1 })),
        new("a reserved bit of the security part", "reserved-attributes", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Attributes = 1UL << 27 })),
        new("a reserved bit of the rest", "reserved-attributes", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Attributes = 1UL << 62 })),
        new("no SSE", "reserved-xfam", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Xfam = 1 })),
        new("an unknown feature", "reserved-xfam", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Xfam = 3 | (1UL << 40) })),
        new("platform revoked", "tcb-revoked", RefusalReason.TcbRevoked, TdxScene.WithInfo(info => info["tcbLevels"]![0]!["tcbStatus"] = "Revoked")),
        new("module revoked", "tcb-revoked", RefusalReason.TcbRevoked, TdxScene.WithInfo(info => info["tdxModuleIdentities"]![0]!["tcbLevels"]![0]!["tcbStatus"] = "Revoked")),
        new("enclave revoked", "tcb-revoked", RefusalReason.TcbRevoked, TdxScene.WithIdentity(identity => identity["tcbLevels"]![0]!["tcbStatus"] = "Revoked")),
        new("not judged", "tcb-revoked", RefusalReason.TcbRevoked, new TdxScene { IsUnjudged = true, Collateral = new(TdxScene.Pki) { All = _ => [] } }),
        new("an event is missing", "event-log", RefusalReason.EventLogMismatch, Logged(TdxScene.Log, 0, 1)),
        new("a log of another guest", "event-log", RefusalReason.EventLogMismatch, new TdxScene { EventLog = TdxScene.Log.ToArea() }),
        new("an event of the last register that was not", "event-log", RefusalReason.EventLogMismatch,
            Logged(new SoftwareEventLog().Add(0, 1, "a").Add(1, 1, "b").Add(2, 1, "c").Add(3, 1, "d"), 0, 1, 2)),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? TdxChecks.Always : TdxChecks.Always.Without(without)).Apply(((TdxScene)given.Scene!).ToSubject());

    /// <summary>A quote with the registers that a log leads to; the others hold something else.</summary>
    private static TdxScene Logged(SoftwareEventLog log, params int[] registers) => new()
    {
        EventLog = log.ToArea(),
        Quote = new SoftwareQuote { Rtmr = [.. Enumerable.Range(0, 4).Select(register => registers.Contains(register) ? log.Registers[register] : SoftwareQuote.Fill(9))] },
    };
}
