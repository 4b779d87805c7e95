using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Keys;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Models;

/// <summary><c>cfm seal</c>: encrypts a folder with a model for attested guests, and signs its manifest.</summary>
internal static class SealVerb
{
    public static Command Create(CommandContext context)
    {
        var source = new Argument<DirectoryInfo>("folder") { Description = "The folder with the model: ONNX files, tokenizer, configuration." };
        var target = new Option<DirectoryInfo>("--out") { Description = "Write the sealed model here; the folder must not exist or be empty.", Required = true, HelpName = "FOLDER" };
        var name = new Option<string>("--name") { Description = "The model's name, as the resource and the policy have it.", Required = true, HelpName = "NAME" };
        var version = new Option<long>("--model-version", "--version") { Description = "The model's version: higher than every one before.", Required = true, HelpName = "NUMBER" };
        var keyId = new Option<string>("--key-id") { Description = "The name of the model key at the key broker: kbs:///tenant/type/tag.", Required = true, HelpName = "URI" };
        var modelKey = new Option<FileInfo>("--model-key") { Description = "The model key (cfm keygen --model-key).", Required = true, HelpName = "FILE" };
        Option<FileInfo[]> ownerKeys = SharedOptions.OwnerKeys();
        Option<FileInfo[]> owners = SharedOptions.Owners(required: false);
        Option<string> output = SharedOptions.Output();
        var command = new Command("seal", "Encrypt a model for attested guests, sign its manifest and print the manifest's digest.")
        {
            source, target, name, version, keyId, modelKey, ownerKeys, owners, output,
        };
        context.Attach(command, async (parse, token) =>
        {
            OwnerKey[] keys = InputFile.OwnerKeys(parse.GetRequiredValue(ownerKeys));
            try
            {
                SealPlan plan = Plan(parse.GetRequiredValue(name), parse.GetRequiredValue(version), parse.GetRequiredValue(keyId), keys, parse.GetValue(owners) ?? []);
                using SecretKey key = ReadModelKey(parse.GetRequiredValue(modelKey));
                SealResult result = await SealedModelWriter.WriteAsync(parse.GetRequiredValue(source).FullName, parse.GetRequiredValue(target).FullName,
                    plan, key, keys, token).ConfigureAwait(false);
                Print(context, result, parse.IsJson(output));
            }
            finally
            {
                Array.ForEach(keys, key => key.Dispose());
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    private static SealPlan Plan(string name, long version, string keyId, OwnerKey[] signers, FileInfo[] more) => new()
    {
        Model = name,
        Version = version,
        KeyId = KeyUploadVerb.Parse(keyId),
        Owners = [.. signers.Select(key => key.PublicKey).Concat(more.Select(InputFile.PublicKey)).Distinct()],
    };

    private static SecretKey ReadModelKey(FileInfo file)
    {
        SecretKey key = SecretKey.MoveFrom(InputFile.Bytes(file, KeygenVerb.ModelKeySize));
        if (key.Length == KeygenVerb.ModelKeySize)
        {
            return key;
        }

        key.Dispose();
        throw new CommandRefusedException(RefusalReason.Malformed, $"'{file}' must have {KeygenVerb.ModelKeySize} bytes.");
    }

    private static void Print(CommandContext context, SealResult result, bool json)
    {
        if (!result.Accepted)
        {
            throw new CommandRefusedException(result.Refusal);
        }

        ModelManifest manifest = result.Manifest;
        if (json)
        {
            context.WriteJson(new JsonObject
            {
                ["model"] = manifest.Model,
                ["version"] = manifest.Version,
                ["manifestDigest"] = $"sha256:{result.ManifestDigest}",
                ["keyId"] = manifest.KeyId.ToString(),
                ["owners"] = new JsonArray([.. manifest.Owners.Select(owner => (JsonNode)owner.KeyId)]),
                ["files"] = new JsonArray([.. manifest.Files.Select(file => (JsonNode)new JsonObject { ["name"] = file.Name, ["size"] = file.Size })]),
            });
            return;
        }

        context.Output.WriteLine($"sealed {manifest.Files.Count} files of {manifest.Model}, version {manifest.Version}");
        context.Output.WriteLine($"manifestDigest: sha256:{result.ManifestDigest}");
    }
}
