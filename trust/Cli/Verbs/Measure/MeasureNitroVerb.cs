using System.CommandLine;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary><c>cfm measure nitro</c>: the PCRs of an enclave image.</summary>
internal static class MeasureNitroVerb
{
    public static Command Create(CommandContext context)
    {
        var file = new Option<FileInfo>("--eif") { Description = "The enclave image.", Required = true, HelpName = "FILE" };
        Option<string> output = SharedOptions.Output();
        var command = new Command("nitro", "Compute PCR0, PCR1 and PCR2 of a Nitro enclave's image, and PCR8 of a signed one.") { file, output };
        context.Attach(command, parse =>
        {
            FileInfo given = parse.GetRequiredValue(file);
            return EnclaveImage.TryRead(InputFile.Bytes(given, EnclaveImage.Largest), out EnclaveImage? image, out Refusal? refusal)
                ? MeasureVerb.Print(context, image.Measure(), parse.IsJson(output))
                : throw new CommandRefusedException(refusal with { Message = $"'{given}': {refusal.Message}" });
        });
        return command;
    }
}
