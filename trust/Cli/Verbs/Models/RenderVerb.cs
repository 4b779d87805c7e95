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
    private const string VirtualCpus = "io.katacontainers.config.hypervisor.default_vcpus";

    public static Command Create(CommandContext context)
    {
        Option<FileInfo> file = ModelFile();
        var initData = new Option<bool>("--initdata") { Description = "Print the exact text of the initdata and nothing else." };
        var digests = new Option<bool>("--digests") { Description = "Print the digests that a trust policy names, without the objects." };
        Option<string> output = SharedOptions.Output();
        var command = new Command("render", "Print the objects and the initdata that the Controller will create for a resource, with their digests.") { file, initData, digests, output };
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
                context.WriteJson(Facts(model, rendered, withObjects: !parse.GetValue(digests)));
            }
            else
            {
                WriteText(context, model, rendered, parse.GetValue(digests));
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

    private static void WriteText(CommandContext context, ConfidentialModel model, RenderedModel rendered, bool digestsOnly)
    {
        foreach ((string name, JsonNode? value) in Facts(model, rendered, withObjects: false))
        {
            context.Output.WriteLine(digestsOnly ? $"{name}: {value}" : $"# {name}: {value}");
        }

        if (!digestsOnly)
        {
            context.Output.Write(YamlText.Write(rendered.Objects));
        }
    }

    private static JsonObject Facts(ConfidentialModel model, RenderedModel rendered, bool withObjects)
    {
        var facts = new JsonObject
        {
            ["tenant"] = rendered.Tenant,
            ["model"] = rendered.ModelName,
            ["tee"] = model.Spec.Tee.Type,
            ["manifestDigest"] = model.Spec.Model.ManifestDigest,
            ["initDataSha256"] = rendered.InitDataDigest,
            ["runtimeClassName"] = rendered.RuntimeClassName,
            ["virtualCpus"] = CountCpus(rendered.PodTemplate),
        };
        if (withObjects)
        {
            facts["initData"] = rendered.InitData;
            facts["objects"] = new JsonArray([.. rendered.Objects.Select(entry => entry.DeepClone())]);
        }

        return facts;
    }

    /// <summary>The machine has the annotated processors and those of the containers' limits, rounded up: what the launch measurement depends on.</summary>
    private static int CountCpus(JsonObject template)
    {
        int annotated = int.TryParse(template["metadata"]?["annotations"]?[VirtualCpus]?.GetValue<string>(), out int given) ? given : 0;
        decimal limits = template["spec"]!["containers"]!.AsArray().Sum(container => Cpus(container!["resources"]?["limits"]?["cpu"]?.GetValue<string>() ?? "0"));
        return annotated + (int)Math.Ceiling(limits);
    }

    private static decimal Cpus(string quantity) => quantity.EndsWith('m')
        ? decimal.Parse(quantity.AsSpan(..^1)) / 1000
        : decimal.TryParse(quantity, out decimal whole) ? whole : throw new CommandRefusedException(RefusalReason.SpecInvalid, $"The processors '{quantity}' are not a number or thousandths.");
}
