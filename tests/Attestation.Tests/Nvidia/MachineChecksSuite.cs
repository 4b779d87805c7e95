using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>The devices of a machine together.</summary>
internal sealed class MachineChecksSuite : IRuleSuite
{
    private static readonly AuthenticDevice s_gpu = new NvidiaScene().Authentic();
    private static readonly SoftwareDevice s_second = NvidiaScene.Pki.MakeDevice();
    private static readonly AuthenticDevice s_other = new NvidiaScene { Device = s_second }.Authentic();
    private static readonly AuthenticDevice s_linked = Gpu(NvidiaScene.Gpu, 2, 7, 0, 7);
    private static readonly AuthenticDevice s_alsoLinked = Gpu(s_second, 2, 7);
    private static readonly AuthenticDevice s_switch = new NvidiaScene { Device = NvidiaScene.Switch, Report = report => report with { SwitchIds = [7] } }.Authentic();

    public IRuleList List => MachineChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("one GPU", null, RefusalReason.None, new Given(1, 0, s_gpu)),
        new("two GPUs", null, RefusalReason.None, new Given(2, 0, s_gpu, s_other)),
        new("two GPUs and their switch", null, RefusalReason.None, new Given(2, 1, s_linked, s_alsoLinked, s_switch)),
        new("nothing is shown", "device-evidence", RefusalReason.DeviceEvidenceMissing, new Given(1, 0)),
        new("one GPU twice", "devices-distinct", RefusalReason.DeviceRepeated, new Given(1, 0, s_gpu, s_gpu)),
        new("one GPU twice for two", "devices-distinct", RefusalReason.DeviceRepeated, new Given(2, 0, s_gpu, Gpu(NvidiaScene.Gpu, 0))),
        new("a GPU is missing", "device-gpus", RefusalReason.DeviceNotAccepted, new Given(2, 0, s_gpu)),
        new("a GPU too many", "device-gpus", RefusalReason.DeviceNotAccepted, new Given(1, 0, s_gpu, s_other)),
        new("a switch is missing", "device-switches", RefusalReason.DeviceNotAccepted, new Given(1, 1, s_gpu)),
        new("a switch too many", "device-switches", RefusalReason.DeviceNotAccepted, new Given(1, 0, s_linked, s_switch)),
        new("two modes", "device-one-mode", RefusalReason.DeviceNotAccepted, new Given(2, 0, s_gpu, Gpu(s_second, 1))),
        new("a switch of another machine", "device-links", RefusalReason.DeviceNotAccepted, new Given(1, 1, Gpu(NvidiaScene.Gpu, 2, 8), s_switch)),
        new("a GPU sees one switch more", "device-links", RefusalReason.DeviceNotAccepted, new Given(2, 1, s_linked, Gpu(s_second, 2, 7, 8), s_switch)),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (Given)given.Scene!;
        var subject = new MachineSubject(scene.Devices.Length, scene.Devices, NvidiaScene.Rules with { Count = new GpuCount(scene.Gpus, scene.Switches) });
        return (without is null ? MachineChecks.All : MachineChecks.All.Without(without)).Apply(subject, DeviceVerifier.AllDevices);
    }

    private static AuthenticDevice Gpu(SoftwareDevice device, ushort flag, params IReadOnlyList<ulong> switches) => new NvidiaScene
    {
        Device = device,
        Report = report => report with { FeatureFlag = flag, ProtectedPcie = flag == 2, SwitchIds = switches },
    }.Authentic();

    private sealed record Given(int Gpus, int Switches, params AuthenticDevice[] Devices);
}
