using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Keys;

/// <summary><c>cfm keygen</c>: makes an owner's key pair, a model key, or both.</summary>
internal static class KeygenVerb
{
    public const int ModelKeySize = 32;

    public static Command Create(CommandContext context)
    {
        var ownerKey = new Option<FileInfo?>("--owner-key") { Description = "Write an owner's private key here, and its public half to the same name with .pub.pem.", HelpName = "FILE" };
        var modelKey = new Option<FileInfo?>("--model-key") { Description = "Write a model key of 32 random bytes here.", HelpName = "FILE" };
        var algorithm = new Option<string>("--algorithm") { Description = "The kind of owner's key.", DefaultValueFactory = _ => "p256", HelpName = "p256|p384|ed25519" };
        algorithm.AcceptOnlyFromAmong("p256", "p384", "ed25519");
        Option<string> output = SharedOptions.Output();
        var command = new Command("keygen", "Make an owner's key pair or a model key; files are readable by their owner only and never replaced.") { ownerKey, modelKey, algorithm, output };
        context.Attach(command, parse =>
        {
            JsonObject made = Make(parse.GetValue(ownerKey), parse.GetValue(modelKey), parse.GetRequiredValue(algorithm));
            Print(context, made, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    /// <summary>Returns the name of the public half's file.</summary>
    public static FileInfo PublicFile(FileInfo privateFile)
    {
        string path = privateFile.FullName;
        return new(path.EndsWith(".pem", StringComparison.Ordinal) ? path[..^4] + ".pub.pem" : path + ".pub.pem");
    }

    private static JsonObject Make(FileInfo? ownerKey, FileInfo? modelKey, string algorithm)
    {
        var made = new JsonObject();
        if (ownerKey is not null)
        {
            using OwnerKey key = OwnerKey.Generate(algorithm switch { "p384" => OwnerKeyAlgorithm.EcdsaP384, "ed25519" => OwnerKeyAlgorithm.Ed25519, _ => OwnerKeyAlgorithm.EcdsaP256 });
            byte[] pem = Encoding.ASCII.GetBytes(key.ToPem());
            OutputFile.CreatePrivate(ownerKey, pem);
            CryptographicOperations.ZeroMemory(pem);
            FileInfo publicFile = PublicFile(ownerKey);
            OutputFile.Replace(publicFile, Encoding.ASCII.GetBytes(key.PublicKey.ToPem()));
            made["ownerKey"] = ownerKey.FullName;
            made["ownerPublicKey"] = publicFile.FullName;
            made["keyId"] = key.PublicKey.KeyId;
        }

        if (modelKey is not null)
        {
            using SecretKey key = SecretKey.Generate(ModelKeySize);
            OutputFile.CreatePrivate(modelKey, key.Span);
            made["modelKey"] = modelKey.FullName;
        }

        return made.Count > 0 ? made : throw new CommandRefusedException(RefusalReason.Malformed, "Nothing to make: give --owner-key, --model-key or both.");
    }

    private static void Print(CommandContext context, JsonObject made, bool json)
    {
        if (json)
        {
            context.WriteJson(made);
            return;
        }

        foreach ((string name, JsonNode? value) in made)
        {
            context.Output.WriteLine($"{name}: {value}");
        }
    }
}
