using System.CommandLine;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary><c>cfm measure snp</c>: MEASUREMENT of a SEV-SNP report.</summary>
internal static class MeasureSnpVerb
{
    public static Command Create(CommandContext context)
    {
        var files = new GuestFileOptions(required: true);
        var machine = new SnpMachineOptions();
        var cpus = new Option<int>("--vcpus") { Description = "The number of virtual CPUs; 'cfm render' prints it for a model.", Required = true, HelpName = "NUMBER" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("snp", "Compute the launch measurement of a SEV-SNP guest.");
        foreach (Option option in (Option[])[.. files.All, cpus, .. machine.All, output])
        {
            command.Options.Add(option);
        }

        context.Attach(command, parse => MeasureVerb.Print(context, Measure(parse, files, machine, parse.GetValue(cpus)), parse.IsJson(output)));
        return command;
    }

    public static LaunchMeasurement Measure(ParseResult parse, GuestFileOptions files, SnpMachineOptions machine, int cpus) =>
        machine.Read(parse, files, cpus).TryMeasure(out LaunchMeasurement? measurement, out Refusal? refusal) ? measurement : throw files.Refuse(parse, refusal);
}
