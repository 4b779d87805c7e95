using System.CommandLine;
using System.Globalization;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary>What the measurement of a SEV-SNP guest depends on beside its files, as options.</summary>
internal sealed class SnpMachineOptions
{
    private readonly Option<string?> _type = new("--vcpu-type") { Description = "The CPU type as QEMU names it, such as EPYC-Milan-v2.", HelpName = "TYPE" };
    private readonly Option<string?> _signature = new("--vcpu-signature") { Description = "The CPUID signature of a virtual CPU, decimal or 0x and hex digits, instead of its type.", HelpName = "NUMBER" };
    private readonly Option<string> _features = new("--guest-features")
    {
        Description = "SEV_FEATURES of the guest, decimal or 0x and hex digits: 1, or 0x21 where the host's kernel swaps debug registers.",
        DefaultValueFactory = _ => "1",
        HelpName = "NUMBER",
    };

    private readonly Option<string> _hypervisor = new("--vmm-type") { Description = "Whose hypervisor launches the guest.", DefaultValueFactory = _ => "qemu", HelpName = "qemu|ec2|gce" };

    public SnpMachineOptions() => _hypervisor.AcceptOnlyFromAmong("qemu", "ec2", "gce");

    public IEnumerable<Option> All => [_type, _signature, _hypervisor, _features];

    public SnpLaunch Read(ParseResult parse, GuestFileOptions files, int cpus) => new()
    {
        Firmware = files.ReadFirmware(parse),
        Boot = files.ReadBoot(parse),
        VirtualCpus = cpus,
        Signature = ReadSignature(parse.GetValue(_type), parse.GetValue(_signature)),
        Hypervisor = parse.GetValue(_hypervisor) switch { "ec2" => HypervisorKind.Ec2, "gce" => HypervisorKind.Gce, _ => HypervisorKind.Qemu },
        GuestFeatures = Number(parse.GetValue(_features)!, ulong.MaxValue, "--guest-features"),
    };

    public static ulong Number(string text, ulong most, string option)
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool read = ulong.TryParse(isHex ? text.AsSpan(2) : text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value);
        return read && value <= most ? value : throw new CommandRefusedException(RefusalReason.Malformed, $"{option} '{text}' must be a number from 0 to {most}, decimal or 0x and hex digits.");
    }

    private static uint ReadSignature(string? type, string? signature) => (type, signature) switch
    {
        ({ } name, null) => ProcessorModel.TryFind(name, out uint found, out Refusal? refusal) ? found : throw new CommandRefusedException(refusal),
        (null, { } number) => (uint)Number(number, uint.MaxValue, "--vcpu-signature"),
        _ => throw new CommandRefusedException(RefusalReason.Malformed, "Give --vcpu-type or --vcpu-signature, one of them: the measurement has the signature of the virtual CPUs in it."),
    };
}
