using System.CommandLine;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Measure;

/// <summary><c>cfm measure</c>: computes what a launch must measure, so that a policy need not copy it from a log.</summary>
internal static class MeasureVerb
{
    public static Command Create(CommandContext context) => new("measure", "Compute what the launch of a guest must measure, from the guest's own files.")
    {
        MeasureSnpVerb.Create(context),
        MeasureTdxVerb.Create(context),
        MeasureNitroVerb.Create(context),
        MeasureIdBlockVerb.Create(context),
    };

    /// <summary>Prints a measurement: a single digest by itself, several with their names.</summary>
    public static int Print(CommandContext context, LaunchMeasurement measurement, bool json)
    {
        if (json)
        {
            context.WriteJson(measurement.ToJson());
            return ExitCode.Accepted;
        }

        foreach ((string name, ByteString value) in measurement.Values)
        {
            context.Output.WriteLine(measurement.Values.Count == 1 ? value.ToString() : $"{name}: {value}");
        }

        return ExitCode.Accepted;
    }
}
