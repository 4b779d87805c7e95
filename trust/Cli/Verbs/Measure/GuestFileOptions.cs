using System.CommandLine;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary>The files that a guest is launched with, as options.</summary>
internal sealed class GuestFileOptions
{
    private const int LongestKernel = 256 * 1024 * 1024;
    private const int LongestInitrd = 1024 * 1024 * 1024;

    private readonly Option<FileInfo?> _kernel = new("--kernel") { Description = "The kernel that the hypervisor hands to the firmware.", HelpName = "FILE" };
    private readonly Option<FileInfo?> _initrd = new("--initrd") { Description = "The initrd for that kernel.", HelpName = "FILE" };
    private readonly Option<string?> _append = new("--append") { Description = "The command line for that kernel, without its final zero byte.", HelpName = "TEXT" };

    /// <summary>Makes the options; the firmware may be optional where measuring is.</summary>
    public GuestFileOptions(bool required) =>
        Firmware = new("--firmware") { Description = "The firmware image of the guest (OVMF).", HelpName = "FILE", Required = required };

    public Option<FileInfo?> Firmware { get; }

    public IEnumerable<Option> All => [Firmware, _kernel, _initrd, _append];

    /// <summary>Gets whether any of the options was given.</summary>
    public bool AreGiven(ParseResult parse) => All.Any(option => parse.GetResult(option) is { Implicit: false });

    public GuestFirmware ReadFirmware(ParseResult parse)
    {
        FileInfo file = parse.GetValue(Firmware) ?? throw new CommandRefusedException(RefusalReason.Malformed, "Give --firmware: a launch is measured from its firmware on.");
        return GuestFirmware.TryRead(InputFile.Bytes(file, GuestFirmware.Largest), out GuestFirmware? firmware, out Refusal? refusal) ? firmware : throw Named(file, refusal);
    }

    public DirectBoot? ReadBoot(ParseResult parse) =>
        DirectBoot.TryCreate(Read(parse.GetValue(_kernel), LongestKernel), Read(parse.GetValue(_initrd), LongestInitrd), parse.GetValue(_append), out DirectBoot? boot, out Refusal? refusal)
            ? boot : throw new CommandRefusedException(refusal);

    /// <summary>The refusal of a measurement, which names the firmware's file: what else is wrong is named by its option.</summary>
    public CommandRefusedException Refuse(ParseResult parse, Refusal refusal) => Named(parse.GetValue(Firmware)!, refusal);

    private static ReadOnlyMemory<byte>? Read(FileInfo? file, int longest) => file is null ? default(ReadOnlyMemory<byte>?) : InputFile.Bytes(file, longest);

    private static CommandRefusedException Named(FileInfo file, Refusal refusal) => new(refusal with { Message = $"'{file}': {refusal.Message}" });
}
