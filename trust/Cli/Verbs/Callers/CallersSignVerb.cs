using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Callers;

/// <summary><c>cfm callers sign</c>: makes the envelope that is stored at the key broker.</summary>
internal static class CallersSignVerb
{
    public static Command Create(CommandContext context)
    {
        Argument<FileInfo> file = CallerFile.Argument("The list.");
        Option<FileInfo[]> ownerKeys = SharedOptions.OwnerKeys();
        Option<FileInfo> target = SharedOptions.Out("Write the envelope here.");
        Option<string> output = SharedOptions.Output();
        var command = new Command("sign", "Sign the list with the owner's keys; upload the envelope with 'cfm key upload'.") { file, ownerKeys, target, output };
        context.Attach(command, parse =>
        {
            CallerList list = CallerFile.Read(parse.GetRequiredValue(file));
            OwnerKey[] keys = InputFile.OwnerKeys(parse.GetRequiredValue(ownerKeys));
            try
            {
                OutputFile.Replace(parse.GetRequiredValue(target), list.Sign(keys).ToJson());
                if (parse.IsJson(output))
                {
                    context.WriteJson(new JsonObject
                    {
                        ["tenant"] = list.Tenant,
                        ["version"] = list.Version,
                        ["callers"] = list.Callers.Count,
                        ["signers"] = new JsonArray([.. keys.Select(key => (JsonNode)key.PublicKey.KeyId)]),
                    });
                }
                else
                {
                    context.Output.WriteLine($"signed version {list.Version} of the list of tenant {list.Tenant}: {list.Callers.Count} callers");
                }
            }
            finally
            {
                Array.ForEach(keys, key => key.Dispose());
            }

            return ExitCode.Accepted;
        });
        return command;
    }
}
