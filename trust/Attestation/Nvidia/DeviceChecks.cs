using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Nvidia;

/// <summary>The owner's rules about one authentic device. All of them run.</summary>
internal static class DeviceChecks
{
    private const string Owner = "trust policy, gpu.";
    private const string Opaque = "NVIDIA opaque data, field ";

    public static RuleList<DeviceSubject> All { get; } = new("NVIDIA: the owner's policy for each device",
        new("device-nonce", RuleAspect.Expected, "DMTF DSP0274, GET_MEASUREMENTS Nonce", NonceIsOurs, RefusalReason.NonceMismatch),
        new("device-development-root", RuleAspect.Expected, Owner + "development", RootIsAccepted, RefusalReason.DevelopmentRootNotAccepted),
        new("device-accepted-architecture", RuleAspect.Expected, Owner + "architectures", ArchitectureIsAccepted, RefusalReason.DeviceNotAccepted),
        new("device-driver", RuleAspect.Current, $"{Opaque}3; {Owner}driverVersions", DriverIsAccepted, RefusalReason.DeviceNotAccepted) { Waiver = "gpu.driverVersions" },
        new("device-vbios", RuleAspect.Current, $"{Opaque}6; {Owner}vbiosVersions", VbiosIsAccepted, RefusalReason.DeviceNotAccepted) { Waiver = "gpu.vbiosVersions" },
        new("device-mode", RuleAspect.Expected, $"{Opaque}21, 36; {Owner}modes", ModeIsAccepted, RefusalReason.DeviceNotAccepted) { Waiver = "gpu.modes" });

    private static Finding NonceIsOurs(DeviceSubject subject) => Finding.Of(subject.Device.Nonce == subject.Nonce, RefusalReason.NonceMismatch,
        $"{subject.Nonce}", $"{subject.Device.Nonce}", "The device's report answers another nonce than the one of this guest and question: it is old, or was made for another guest.");

    private static Finding RootIsAccepted(DeviceSubject subject)
    {
        bool isDevelopment = subject.Device.IsDevelopment;
        return Finding.Of(!isDevelopment || subject.Policy.Development, RefusalReason.DevelopmentRootNotAccepted,
            subject.Policy.Development ? "any accepted root" : "a root of NVIDIA", isDevelopment ? "a development root" : "a root of NVIDIA",
            "The device's certificates end in a development root, which no hardware stands behind; the policy must say 'development' to accept it.");
    }

    private static Finding ArchitectureIsAccepted(DeviceSubject subject)
    {
        string accepted = string.Join(", ", subject.Policy.Architectures.Select(architecture => architecture.ToWire()));
        return Finding.Of(subject.Policy.Architectures.Contains(subject.Device.Architecture), RefusalReason.DeviceNotAccepted, accepted, subject.Device.Architecture.ToWire(),
            $"The device is of {subject.Device.Architecture.ToWire()}, and the policy accepts {accepted}.");
    }

    private static Finding DriverIsAccepted(DeviceSubject subject) => subject.Device.Architecture.IsSwitch() ? Finding.Passed("no driver", "a switch, which has none")
        : Version(subject.Policy.DriverVersions, subject.Device.DriverVersion, "driver");

    private static Finding VbiosIsAccepted(DeviceSubject subject) => Version(subject.Policy.VbiosVersions, subject.Device.VbiosVersion, "VBIOS");

    private static Finding Version(Expectation<IReadOnlyList<string>> expectation, string? version, string what) => Finding.Of(expectation, version ?? "not said", accepted =>
        Finding.Of(version is not null && accepted.Contains(version, StringComparer.OrdinalIgnoreCase), RefusalReason.DeviceNotAccepted,
            string.Join(", ", accepted), version ?? "not said", $"The device has {what} {version ?? "of no version that it says"}, which the policy does not accept."));

    private static Finding ModeIsAccepted(DeviceSubject subject)
    {
        if (subject.Device.Architecture.IsSwitch())
        {
            return Finding.Passed("no mode", "a switch, which has none");
        }

        string found = subject.Device.Mode?.ToString() ?? "not said";
        return Finding.Of(subject.Policy.Modes, found, accepted => Finding.Of(subject.Device.Mode is { } mode && accepted.Contains(mode), RefusalReason.DeviceNotAccepted,
            string.Join(", ", accepted), found, $"The GPU's mode is {found}, which the policy does not accept; drivers before 550 do not say it."));
    }
}
