using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>The owner's rules about one device.</summary>
internal sealed class DeviceChecksSuite : IRuleSuite
{
    public IRuleList List => DeviceChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new NvidiaScene()),
        new("a switch has neither driver nor mode", null, RefusalReason.None, new NvidiaScene { Device = NvidiaScene.Switch }),
        new("everything is waived", null, RefusalReason.None, new NvidiaScene
        {
            Report = report => report with { DriverVersion = "1.2", VbiosVersion = "01.02.03.04.05", ProtectedPcie = true, FeatureFlag = null },
            Policy = policy => policy with
            {
                DriverVersions = Expect.Waived<IReadOnlyList<string>>("any"),
                VbiosVersions = Expect.Waived<IReadOnlyList<string>>("any"),
                Modes = Expect.Waived<IReadOnlyList<GpuMode>>("any"),
            },
        }),
        new("versions differ in case only", null, RefusalReason.None, new NvidiaScene { Policy = policy => policy with { VbiosVersions = Expect.AnyOf(NvidiaScene.Vbios.ToLowerInvariant()) } }),
        new("protected PCIe is accepted", null, RefusalReason.None, new NvidiaScene
        {
            Report = report => report with { ProtectedPcie = true, FeatureFlag = 2 },
            Policy = policy => policy with { Modes = Expect.AnyOf(GpuMode.ProtectedPcie) },
        }),
        new("another nonce", "device-nonce", RefusalReason.NonceMismatch, new NvidiaScene { Report = report => report with { Nonce = ByteString.Sha256("other"u8) } }),
        new("test hardware", "device-development-root", RefusalReason.DevelopmentRootNotAccepted, new NvidiaScene { Policy = policy => policy with { Development = false } }),
        new("another architecture", "device-accepted-architecture", RefusalReason.DeviceNotAccepted,
            new NvidiaScene { Policy = policy => policy with { Architectures = [NvidiaArchitecture.Blackwell] } }),
        new("another driver", "device-driver", RefusalReason.DeviceNotAccepted, new NvidiaScene { Report = report => report with { DriverVersion = "550.90.08" } }),
        new("a GPU without a driver", "device-driver", RefusalReason.DeviceNotAccepted, new NvidiaScene { Report = report => report with { DriverVersion = null } }),
        new("another VBIOS", "device-vbios", RefusalReason.DeviceNotAccepted, new NvidiaScene { Report = report => report with { VbiosVersion = "96.00.9F.00.02" } }),
        new("another mode", "device-mode", RefusalReason.DeviceNotAccepted, new NvidiaScene { Report = report => report with { FeatureFlag = 1 } }),
        new("two modes at once", "device-mode", RefusalReason.DeviceNotAccepted, new NvidiaScene { Report = report => report with { FeatureFlag = 0, ProtectedPcie = true } }),
        new("no mode is said", "device-mode", RefusalReason.DeviceNotAccepted, new NvidiaScene { Report = report => report with { FeatureFlag = null, ProtectedPcie = null } }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (NvidiaScene)given.Scene!;
        return (without is null ? DeviceChecks.All : DeviceChecks.All.Without(without)).Apply(new DeviceSubject(scene.Authentic(), scene.Policy(NvidiaScene.Rules), NvidiaScene.Nonce));
    }
}
