using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nitro;

/// <summary>The rules that an owner makes for Nitro.</summary>
internal sealed class NitroOwnerSuite : IRuleSuite
{
    private static readonly ByteString s_other = new([.. Enumerable.Repeat((byte)7, 48)]);

    public IRuleList List => NitroChecks.OfOwner;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new NitroScene()),
        new("the second of two values", null, RefusalReason.None, Demand(3, s_other, FakeTee.Nitro.SoftwareNitroDocument.DefaultPcrs[3])),
        new("all but the first is waived", null, RefusalReason.None, NitroScene.With(nitro => nitro with
        {
            Pcrs = nitro.Pcrs.ToDictionary(pcr => pcr.Key, pcr => pcr.Key == 0 ? pcr.Value : Expect.Waived<IReadOnlyList<ByteString>>("a test")),
            MaximumAge = Expect.Waived<NitroAge>("a test"),
            InitData = Expect.Waived<NitroInitData>("a test"),
        })),
        new("a user's register as demanded", null, RefusalReason.None, Demand(16, NitroScene.Extended(NitroScene.InitData))),
        .. Enumerable.Range(0, 9).Select(index => new RuleCase($"another PCR{index}", $"pcr{index}", RefusalReason.MeasurementNotAccepted, NitroScene.WithPcr(index, s_other))),
        .. Enumerable.Range(1, 8).Select(index => new RuleCase($"no PCR{index}", $"pcr{index}", RefusalReason.MeasurementNotAccepted, NitroScene.WithPcr(index, null))),
        new("the first PCR is waived", "pcr0", RefusalReason.MeasurementNotAccepted, NitroScene.With(nitro => nitro with
        {
            Pcrs = new Dictionary<int, Expectation<IReadOnlyList<ByteString>>>(nitro.Pcrs) { [0] = Expect.Waived<IReadOnlyList<ByteString>>("a test") },
        }) with { IsUnsigned = true }),
        new("a PCR is not named", "pcr6", RefusalReason.MeasurementNotAccepted,
            NitroScene.With(nitro => nitro with { Pcrs = nitro.Pcrs.Where(pcr => pcr.Key != 6).ToDictionary() }) with { IsUnsigned = true }),
        new("another value of a later PCR", "pcrs-beyond", RefusalReason.MeasurementNotAccepted, Demand(9, s_other)),
        new("no such later PCR", "pcrs-beyond", RefusalReason.MeasurementNotAccepted, Demand(31, s_other)),
        new("other initdata", "initdata", RefusalReason.InitDataNotAccepted, NitroScene.WithPcr(16, NitroScene.Extended(ByteString.Sha256("other"u8)))),
        new("initdata in no register", "initdata", RefusalReason.InitDataNotAccepted, NitroScene.WithPcr(16, null)),
        new("initdata in another register", "initdata", RefusalReason.InitDataNotAccepted, NitroScene.With(nitro => nitro with { InitData = Expect.Required(new NitroInitData(17)) })),
        new("an old document", "document-age", RefusalReason.EvidenceStale, new NitroScene { Now = NitroScene.Noon.AddSeconds(51) }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? NitroChecks.OfOwner : NitroChecks.OfOwner.Without(without)).Apply(((NitroScene)given.Scene!).ToSubject());

    private static NitroScene Demand(int index, params ByteString[] values) => NitroScene.With(nitro => nitro with
    {
        Pcrs = new Dictionary<int, Expectation<IReadOnlyList<ByteString>>>(nitro.Pcrs) { [index] = Expect.AnyOf(values) },
    });
}
