using System.CommandLine;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary><c>cfm measure tdx</c>: MRTD of a TDX quote, and RTMR1 and RTMR2 of a guest whose kernel is handed to the firmware.</summary>
internal static class MeasureTdxVerb
{
    private const ulong Mebibyte = 1024 * 1024;
    private const ulong MostMemory = 16 * Mebibyte;

    public static Command Create(CommandContext context)
    {
        var files = new GuestFileOptions(required: true);
        var order = new Option<string>("--order") { Description = "In which order the host's kernel adds and measures pages; both are in use.", DefaultValueFactory = _ => "single-pass", HelpName = "single-pass|two-pass" };
        order.AcceptOnlyFromAmong("single-pass", "two-pass");
        var memory = new Option<string?>("--memory") { Description = "The guest's memory in MiB: where the hypervisor writes into the kernel's header, the place of the initrd depends on it.", HelpName = "MIB" };
        var header = new Option<string>("--kernel-header") { Description = "Whether the hypervisor writes into the kernel's header before it is measured (QEMU before 10 does).", DefaultValueFactory = _ => "patched", HelpName = "patched|original" };
        header.AcceptOnlyFromAmong("patched", "original");
        var log = new Option<FileInfo?>("--event-log") { Description = "The event log (CCEL) of a launch of this guest that was checked: RTMR0 is replayed from it.", HelpName = "FILE" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("tdx", "Compute MRTD of a TDX guest; with a kernel also RTMR1 and RTMR2, with an event log RTMR0.");
        foreach (Option option in (Option[])[.. files.All, order, memory, header, log, output])
        {
            command.Options.Add(option);
        }

        context.Attach(command, parse =>
        {
            GuestFirmware firmware = files.ReadFirmware(parse);
            DirectBoot? boot = files.ReadBoot(parse);
            var launch = new TdxLaunch
            {
                Firmware = firmware,
                Order = parse.GetValue(order) == "two-pass" ? TdxOrder.TwoPass : TdxOrder.SinglePass,
                Boot = boot is null ? null : new TdxBoot { Boot = boot, Memory = parse.GetValue(header) == "original" ? null : Memory(parse.GetValue(memory)) },
                EventLog = parse.GetValue(log) is { } file ? ReadLog(file) : null,
            };
            return launch.TryMeasure(out LaunchMeasurement? measurement, out Refusal? refusal) ? MeasureVerb.Print(context, measurement, parse.IsJson(output)) : throw files.Refuse(parse, refusal);
        });
        return command;
    }

    private static CcEventLog ReadLog(FileInfo file) => CcEventLog.TryParse(InputFile.Bytes(file, TdxEvidence.LongestEventLog), out CcEventLog? log, out Refusal? refusal)
        ? log : throw new CommandRefusedException(refusal with { Message = $"'{file}': {refusal.Message}" });

    private static ulong Memory(string? text) => text is null
        ? throw new CommandRefusedException(RefusalReason.Malformed, "Give --memory with a kernel, or --kernel-header original: the kernel is measured with the place of its initrd in it.")
        : SnpMachineOptions.Number(text, MostMemory, "--memory") * Mebibyte;
}
