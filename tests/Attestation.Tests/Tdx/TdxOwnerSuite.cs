using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>The rules that an owner makes for TDX.</summary>
internal sealed class TdxOwnerSuite : IRuleSuite
{
    private const string Why = "a test";
    private static readonly ByteString s_other = SoftwareQuote.Fill(7);

    public IRuleList List => TdxOwnerChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new TdxScene()),
        new("the second of two values", null, RefusalReason.None, TdxScene.Demand(policy => policy with { MrTd = [s_other, .. policy.MrTd] })),
        new("what may be waived is waived", null, RefusalReason.None, new TdxScene { Policy = Waive, Quote = new SoftwareQuote { Attributes = 0xE0000000 } }),
        new("a report of TDX 1.0 has no service domain", null, RefusalReason.None, TdxScene.With(new SoftwareQuote { Version = 4 })),
        new("an accepted advisory", null, RefusalReason.None, TdxScene.WithInfo(info => info["tcbLevels"]![0]!["advisoryIDs"] = new JsonArray("INTEL-SA-00001"))),
        new("a relaunch is advised, and accepted", null, RefusalReason.None, TdxScene.Demand(policy => policy with { TcbStatuses = [TdxTcbStatus.TDRelaunchAdvised] })
            with { Quote = new SoftwareQuote { TeeTcbSvn = "03010400000000000000000000000000" } }),
        new("with the event log", null, RefusalReason.None, TdxScene.Demand(Logged) with { EventLog = TdxScene.Log.ToArea() }),
        new("another MRTD", "mrtd", RefusalReason.MeasurementNotAccepted, TdxScene.With(new SoftwareQuote { MrTd = s_other })),
        .. Enumerable.Range(0, 4).Select(register => new RuleCase($"another RTMR{register}", $"rtmr{register}", RefusalReason.MeasurementNotAccepted,
            TdxScene.With(new SoftwareQuote { Report = report => report[328 + (48 * register)] ^= 1 }))),
        new("a register that is not named", "rtmr3", RefusalReason.MeasurementNotAccepted, TdxScene.Demand(policy => policy with { Rtmr = [.. policy.Rtmr.Take(3)] })),
        new("another MRSEAM", "mrseam", RefusalReason.ModuleNotAccepted, Altered(16)),
        new("another MROWNER", "mrowner", RefusalReason.MeasurementNotAccepted, Altered(232)),
        new("another MROWNERCONFIG", "mrownerconfig", RefusalReason.MeasurementNotAccepted, Altered(280)),
        new("another MRSERVICETD", "mrservicetd", RefusalReason.MeasurementNotAccepted, Altered(600)),
        new("exceptions by the host", "sept-ve-disable", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Attributes = 0 })),
        new("migratable", "migratable", RefusalReason.MigrationAllowed, WithBit(29)),
        new("PKS", "pks", RefusalReason.GuestPolicyNotAccepted, WithBit(30)),
        new("Key Locker", "key-locker", RefusalReason.GuestPolicyNotAccepted, WithBit(31)),
        new("PERFMON", "perfmon", RefusalReason.GuestPolicyNotAccepted, WithBit(63)),
        new("other features", "xfam", RefusalReason.GuestPolicyNotAccepted, TdxScene.With(new SoftwareQuote { Xfam = 3 })),
        new("out of date", "tcb-status", RefusalReason.TcbStatusNotAccepted, new TdxScene { Signer = TdxScene.Pki.MakePlatform(new() { PceSvn = 5 }) }),
        new("not judged", "tcb-status", RefusalReason.TcbStatusNotAccepted, new TdxScene { IsUnjudged = true, Policy = Waive }),
        new("another advisory", "advisories", RefusalReason.AdvisoryNotAccepted, TdxScene.WithInfo(info => info["tcbLevels"]![0]!["advisoryIDs"] = new JsonArray("INTEL-SA-00002"))),
        new("an advisory about the enclave", "advisories", RefusalReason.AdvisoryNotAccepted, TdxScene.WithIdentity(identity => identity["tcbLevels"]![0]!["advisoryIDs"] = new JsonArray("INTEL-SA-00003"))),
        new("an old judgement of the platform", "evaluation-number", RefusalReason.TcbTooOld, TdxScene.WithInfo(info => info["tcbEvaluationDataNumber"] = 17)),
        new("an old judgement of the enclave", "evaluation-number", RefusalReason.TcbTooOld, TdxScene.WithIdentity(identity => identity["tcbEvaluationDataNumber"] = 17)),
        new("old collateral", "collateral-age", RefusalReason.CollateralExpired, new TdxScene { Now = TdxScene.Noon.AddDays(1) }),
        new("another platform", "platform-instance", RefusalReason.ChipNotAccepted, new TdxScene { Signer = TdxScene.Pki.MakePlatform(new() { PlatformInstance = new string('0', 32) }) }),
        new("no event log", "event-log-demand", RefusalReason.EventLogMismatch, TdxScene.Demand(Logged)),
    ];

    /// <summary>The first rule that fails decides, so a case in which nothing was judged is only about what follows.</summary>
    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (TdxScene)given.Scene!;
        scene = scene.IsUnjudged ? scene with { Collateral = new(TdxScene.Pki) { All = _ => [] } } : scene;
        return (without is null ? TdxOwnerChecks.All : TdxOwnerChecks.All.Without(without)).Apply(scene.ToSubject());
    }

    private static TdxPolicy Logged(TdxPolicy policy) => policy with { EventLog = Expect.Required(TdxEventLog.Required) };

    private static TdxScene Altered(int offset) => TdxScene.With(new SoftwareQuote { Report = report => report[offset] ^= 1 });

    private static TdxScene WithBit(int bit) => TdxScene.With(new SoftwareQuote { Attributes = (1UL << 28) | (1UL << bit) });

    private static TdxPolicy Waive(TdxPolicy policy)
    {
        Expectation<IReadOnlyList<ByteString>> waived = Expect.Waived<IReadOnlyList<ByteString>>(Why);
        return policy with
        {
            Rtmr = [waived, waived, waived, waived],
            MrSeam = waived,
            MrOwner = waived,
            MrOwnerConfig = waived,
            MrServiceTd = waived,
            Attributes = Expect.Waived<TdxAttributesPolicy>(Why),
            Xfam = waived,
            Advisories = Expect.Waived<IReadOnlyList<string>>(Why),
            MinimumTcbEvaluationDataNumber = Expect.Waived<TdxLimit>(Why),
            CollateralAge = Expect.Waived<TdxLimit>(Why),
            PlatformInstances = waived,
        };
    }
}
