using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Models;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Rendering;
using ConfidentialOperator.Rendering.Api.V1Alpha1;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>
/// <c>cfm policy create</c>: the policy of a resource. What the resource and its rendering already say is taken from there; every check of the hardware is
/// given or waived with a reason.
/// </summary>
internal static class PolicyCreateVerb
{
    private const string DigestPrefix = "sha256:";

    public static Command Create(CommandContext context)
    {
        Option<FileInfo> file = RenderVerb.ModelFile();
        var version = new Option<long>("--policy-version") { Description = "The policy's version, which never goes back.", Required = true, HelpName = "NUMBER" };
        var modelVersion = new Option<long?>("--minimum-model-version") { Description = "The least version of the sealed model. Default: the version of --sealed.", HelpName = "NUMBER" };
        var sealedModel = new Option<DirectoryInfo?>("--sealed") { Description = "The sealed model: its manifest must be the one that the resource names, signed by an owner.", HelpName = "FOLDER" };
        Option<DateTimeOffset?> notAfter = SharedOptions.NotAfter("the policy");
        Option<int?> days = SharedOptions.ValidDays("the policy");
        Option<FileInfo> target = SharedOptions.Out("Write the policy here.");
        Option<string> output = SharedOptions.Output();
        var rules = new HardwareRules();
        var command = new Command("create", "Make the policy of a resource; it is not signed yet.") { file, version, modelVersion, sealedModel, notAfter, days, target, output };
        rules.AddTo(command);
        context.Attach(command, parse =>
        {
            ConfidentialModel model = RenderVerb.Read(parse.GetRequiredValue(file));
            long leastVersion = LeastVersion(model, parse.GetValue(modelVersion), parse.GetValue(sealedModel));
            TrustPolicy frame = Make(model, parse.GetRequiredValue(version), leastVersion, EndOfValidity.Of(parse.GetValue(notAfter), parse.GetValue(days), context.Time.GetUtcNow()));
            TrustPolicy policy = rules.Complete(frame, model.Spec.Tee, parse);
            OutputFile.Replace(parse.GetRequiredValue(target), Encoding.UTF8.GetBytes(PolicyFile.Print(policy) + "\n"));
            Print(context, policy, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static long LeastVersion(ConfidentialModel model, long? given, DirectoryInfo? sealedModel)
    {
        if (sealedModel is null)
        {
            return given ?? throw new CommandRefusedException(RefusalReason.Malformed, "Give --sealed or --minimum-model-version: how old may the model be?");
        }

        FileInfo Part(string name) => new(Path.Combine(sealedModel.FullName, name));
        ByteString digest = ByteString.FromHex(model.Spec.Model.ManifestDigest[DigestPrefix.Length..]);
        return ModelManifest.TryOpen(InputFile.Bytes(Part(ModelManifest.FileName), ModelManifest.LongestDocument),
            InputFile.Bytes(Part(ModelManifest.EnvelopeFileName), ModelManifest.LongestEnvelope), digest, out ModelManifest? manifest, out Refusal? refusal)
            ? given ?? manifest.Version : throw new CommandRefusedException(refusal with { Message = $"'{sealedModel}' is not the model of the resource: {refusal.Message}" });
    }

    private static TrustPolicy Make(ConfidentialModel model, long version, long modelVersion, DateTimeOffset notAfter)
    {
        RenderedModel rendered = ModelRenderer.Render(new RenderRequest { Model = model });
        string?[] resources = [model.Spec.Model.Confidential.ResourceId, model.Spec.Access.CallersResourceId];
        return new TrustPolicy
        {
            Model = rendered.ModelName,
            Tenant = rendered.Tenant,
            PolicyVersion = version,
            NotAfter = notAfter,
            Resources = [.. resources.OfType<string>().Select(Resource)],
            ManifestDigests = [ByteString.FromHex(model.Spec.Model.ManifestDigest[DigestPrefix.Length..])],
            MinimumModelVersion = modelVersion,
            InitDataDigests = [ByteString.FromHex(rendered.InitDataDigest)],
        };
    }

    private static KbsResourceUri Resource(string text) => KbsResourceUri.TryParse(text, out KbsResourceUri? uri) ? uri
        : throw new CommandRefusedException(RefusalReason.SpecInvalid, $"'{text}' is not kbs:///tenant/type/tag.");

    private static void Print(CommandContext context, TrustPolicy policy, bool json)
    {
        string sha256 = ByteString.Sha256(policy.ToJson()).ToString();
        if (json)
        {
            context.WriteJson(new JsonObject { ["sha256"] = sha256, ["policy"] = PolicyFile.ToNode(policy) });
            return;
        }

        context.Output.WriteLine(OneLine.Of($"policy {policy.PolicyVersion} of {policy.Tenant}/{policy.Model}, valid until {policy.NotAfter:u}, sha256 {sha256}"));
        foreach (Waiver waiver in policy.Waivers)
        {
            context.Output.WriteLine(OneLine.Of($"waived {waiver.Check}: {waiver.Reason}"));
        }
    }
}
