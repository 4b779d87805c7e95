using System.CommandLine;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Measure;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Cli.Verbs.Models;

/// <summary>The launch measurement of the guest that a resource leads to, when the guest's files are given.</summary>
internal sealed class RenderedMeasurement
{
    private readonly GuestFileOptions _files = new(required: false);
    private readonly SnpMachineOptions _machine = new();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[.. _files.All, .. _machine.All])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Returns the value and its name; null when no file is given.</summary>
    public KeyValuePair<string, string>? Read(ParseResult parse, ConfidentialModel model, RenderedModel rendered)
    {
        if (!_files.AreGiven(parse))
        {
            return null;
        }

        if (model.Spec.Tee.Type != TeeSpec.Snp)
        {
            throw new CommandRefusedException(RefusalReason.Unsupported,
                $"The guest of spec.tee.type {model.Spec.Tee.Type} is not measured here: its measurement does not depend on the resource; see 'cfm measure'.");
        }

        LaunchMeasurement measured = MeasureSnpVerb.Measure(parse, _files, _machine, GuestProcessors.Count(rendered.PodTemplate));
        return measured.Values.Select(value => KeyValuePair.Create(value.Key, value.Value.ToString())).Single();
    }
}
