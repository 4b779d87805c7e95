using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Rendering;
using ConfidentialOperator.Rendering.Api.V1Alpha1;
using ConfidentialOperator.Rendering.Reading;
using ConfidentialOperator.Rendering.Yaml;

namespace ConfidentialOperator.Cli.Verbs.Models;

/// <summary><c>cfm render</c>: prints what the Controller will create, so that an owner can sign it without a cluster.</summary>
internal static class RenderVerb
{
    private const int LongestModel = 1024 * 1024;

    public static Command Create(CommandContext context)
    {
        Option<FileInfo> file = ModelFile();
        var initData = new Option<bool>("--initdata") { Description = "Print the exact text of the initdata and nothing else." };
        var digests = new Option<bool>("--digests") { Description = "Print the digests that a trust policy names, without the objects." };
        Option<string> output = SharedOptions.Output();
        var command = new Command("render", "Print the objects and the initdata that the Controller will create for a resource, with their digests.") { file, initData, digests, output };
        var measurement = new RenderedMeasurement();
        measurement.AddTo(command);
        context.Attach(command, parse =>
        {
            ConfidentialModel model = Read(parse.GetRequiredValue(file));
            RenderedModel rendered = ModelRenderer.Render(new RenderRequest { Model = model });
            if (parse.GetValue(initData))
            {
                context.Output.Write(rendered.InitData);
            }
            else if (parse.IsJson(output))
            {
                context.WriteJson(Facts(model, rendered, withObjects: !parse.GetValue(digests), measurement.Read(parse, model, rendered)));
            }
            else
            {
                WriteText(context, rendered, Facts(model, rendered, withObjects: false, measurement.Read(parse, model, rendered)), parse.GetValue(digests));
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    public static Option<FileInfo> ModelFile() => new("--filename", "-f") { Description = "The ConfidentialModel, YAML or JSON.", Required = true, HelpName = "FILE" };

    /// <summary>Reads a resource; every field that is wrong is named.</summary>
    public static ConfidentialModel Read(FileInfo file) =>
        ConfidentialModelReader.TryRead(InputFile.Text(file, LongestModel), out ConfidentialModel? model, out IReadOnlyList<FieldError> errors) ? model
            : throw new CommandRefusedException(RefusalReason.SpecInvalid, $"'{file}' is refused: {string.Join("; ", errors)}.");

    private static void WriteText(CommandContext context, RenderedModel rendered, JsonObject facts, bool digestsOnly)
    {
        foreach ((string name, JsonNode? value) in facts)
        {
            context.Output.WriteLine(digestsOnly ? $"{name}: {value}" : $"# {name}: {value}");
        }

        if (!digestsOnly)
        {
            context.Output.Write(YamlText.Write(rendered.Objects));
        }
    }

    private static JsonObject Facts(ConfidentialModel model, RenderedModel rendered, bool withObjects, KeyValuePair<string, string>? measured)
    {
        var facts = new JsonObject
        {
            ["tenant"] = rendered.Tenant,
            ["model"] = rendered.ModelName,
            ["tee"] = model.Spec.Tee.Type,
            ["manifestDigest"] = model.Spec.Model.ManifestDigest,
            ["initDataSha256"] = rendered.InitDataDigest,
            ["runtimeClassName"] = rendered.RuntimeClassName,
            ["virtualCpus"] = GuestProcessors.Count(rendered.PodTemplate),
        };
        if (measured is { } value)
        {
            facts[value.Key] = value.Value;
        }

        if (withObjects)
        {
            facts["initData"] = rendered.InitData;
            facts["objects"] = new JsonArray([.. rendered.Objects.Select(entry => entry.DeepClone())]);
        }

        return facts;
    }
}
