using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Azure;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Azure;

/// <summary>The rules that an owner makes about the PCRs.</summary>
internal sealed class AzureOwnerSuite : IRuleSuite
{
    private static readonly ByteString s_other = ByteString.Sha256("other"u8);

    public IRuleList List => AzureChecks.OfOwner;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new AzureScene()),
        new("all PCRs are waived", null, RefusalReason.None, AzureScene.WithPcrs(pcrs => pcrs.ToDictionary(pcr => pcr.Key, _ => Expect.Waived<IReadOnlyList<ByteString>>("a test")))),
        new("the second of two values", null, RefusalReason.None, AzureScene.WithPcrs(pcrs => With(pcrs, 4, s_other, SoftwareAzureGuest.MakePcrs(AzureScene.InitData)[4]))),
        new("another PCR", "pcrs", RefusalReason.MeasurementNotAccepted, AzureScene.WithPcrs(pcrs => With(pcrs, 4, s_other))),
        new("the last PCR", "pcrs", RefusalReason.MeasurementNotAccepted, AzureScene.WithPcrs(pcrs => With(pcrs, 23, s_other))),
        new("a demanded PCR is not quoted", "pcrs", RefusalReason.MeasurementNotAccepted, new AzureScene { Guest = guest => guest with { Selection = 0xFFFFFF & ~(1 << 7) } }),
        new("a PCR without a demand", "pcrs", RefusalReason.MeasurementNotAccepted,
            new AzureScene { Subject = subject => subject with { Pcrs = subject.Pcrs!.Where(pcr => pcr.Key != 20).ToDictionary() } }),
        new("no rules", "pcrs", RefusalReason.MeasurementNotAccepted, new AzureScene { Subject = subject => subject with { Pcrs = null } }),
        new("other initdata", "initdata", RefusalReason.InitDataNotAccepted, new AzureScene { Guest = guest => guest with { Pcrs = SoftwareAzureGuest.MakePcrs(s_other) } }),
        new("initdata that is not quoted", "initdata", RefusalReason.InitDataNotAccepted, new AzureScene { Guest = guest => guest with { Selection = 0xFFFFFF & ~(1 << 8) } }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without) =>
        (without is null ? AzureChecks.OfOwner : AzureChecks.OfOwner.Without(without)).Apply(((AzureScene)given.Scene!).ToSubject());

    private static Dictionary<int, Expectation<IReadOnlyList<ByteString>>> With(
        Dictionary<int, Expectation<IReadOnlyList<ByteString>>> pcrs, int index, params ByteString[] values) => new(pcrs) { [index] = Expect.AnyOf(values) };
}
