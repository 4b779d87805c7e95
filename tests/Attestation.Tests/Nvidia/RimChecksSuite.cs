using ConfidentialOperator.Attestation.Nvidia.Rim;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>A device against reference values.</summary>
internal sealed class RimChecksSuite : IRuleSuite
{
    private static readonly ByteString s_wrong = new(Enumerable.Repeat((byte)7, 48).ToArray());

    public IRuleList List => RimChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new Given()),
        new("the first of several values", null, RefusalReason.None, new Given { Report = Measured(7, new ByteString(new byte[48])) }),
        new("a value that is not active", null, RefusalReason.None, new Given { Report = Measured(8, s_wrong) }),
        new("the decoder's value while it is disabled", null, RefusalReason.None, new Given { Report = Measured(35, s_wrong) }),
        new("values of another chip", "rim-product", RefusalReason.ReferenceValuesMismatch, new Given { Rim = rim => rim with { Product = "GB100" } }),
        new("values of another version", "rim-version", RefusalReason.ReferenceValuesMismatch, new Given { Rim = rim => rim with { Version = "550.90.08" } }),
        new("no value is active", "rim-active", RefusalReason.ReferenceValuesMismatch, new Given { Rim = rim => rim with { Active = SoftwareRim.Matching() } }),
        new("only the disabled decoder's value is active", "rim-active", RefusalReason.ReferenceValuesMismatch, new Given { Rim = rim => rim with { Active = SoftwareRim.Matching(35) } }),
        new("an index in both", "rim-conflict", RefusalReason.ReferenceValuesMismatch, new Given { Other = NvidiaScene.VbiosRim with { Active = SoftwareRim.Matching(7) } }),
        new("another measurement", "rim-measurements", RefusalReason.ReferenceValuesMismatch, new Given { Report = Measured(22, s_wrong) }),
        new("the decoder's value while it is enabled", "rim-measurements", RefusalReason.ReferenceValuesMismatch,
            new Given { Report = report => Measured(35, s_wrong)(report) with { Nvdec0 = true } }),
        new("the measurement of the index before", "rim-measurements", RefusalReason.ReferenceValuesMismatch, new Given { Report = Measured(21, SoftwareDeviceReport.Measurement(20)) }),
        new("fewer measurements than values", "rim-measurements", RefusalReason.ReferenceValuesMismatch, new Given { Report = report => report with { Count = 22 } }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (Given)given.Scene!;
        var subject = new RimSubject(new NvidiaScene { Report = scene.Report }.Authentic(), RimKind.Driver,
            NvidiaScene.Content(scene.Rim(NvidiaScene.DriverRim)), NvidiaScene.Content(scene.Other));
        return (without is null ? RimChecks.All : RimChecks.All.Without(without)).Apply(subject);
    }

    private static Func<SoftwareDeviceReport, SoftwareDeviceReport> Measured(int index, ByteString value) =>
        report => report with { Measurements = new Dictionary<int, ByteString> { [index] = value } };

    private sealed record Given
    {
        public Func<SoftwareDeviceReport, SoftwareDeviceReport> Report { get; init; } = report => report;

        public Func<SoftwareRim, SoftwareRim> Rim { get; init; } = rim => rim;

        public SoftwareRim Other { get; init; } = NvidiaScene.VbiosRim;
    }
}
