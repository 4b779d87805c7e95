using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary><c>cfm policy sign</c>: signs a policy, or adds a signature to a signed one.</summary>
internal static class PolicySignVerb
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<FileInfo>("policy") { Description = "The policy's JSON, or an envelope to which a signature is added." };
        Option<FileInfo[]> ownerKeys = SharedOptions.OwnerKeys();
        Option<FileInfo> target = SharedOptions.Out("Write the envelope here.");
        Option<string> output = SharedOptions.Output();
        var command = new Command("sign", "Sign a policy with the owner's keys.") { file, ownerKeys, target, output };
        context.Attach(command, parse =>
        {
            PolicyFile policy = PolicyFile.Read(parse.GetRequiredValue(file));
            OwnerKey[] keys = InputFile.OwnerKeys(parse.GetRequiredValue(ownerKeys));
            try
            {
                DsseEnvelope envelope = policy.Envelope is { } signed
                    ? keys.Aggregate(signed, (current, key) => current.AddSignature(key))
                    : policy.Policy.Sign(keys);
                OutputFile.Replace(parse.GetRequiredValue(target), envelope.ToJson());
                Print(context, policy.Policy, envelope, parse.IsJson(output));
            }
            finally
            {
                Array.ForEach(keys, key => key.Dispose());
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    private static void Print(CommandContext context, TrustPolicy policy, DsseEnvelope envelope, bool json)
    {
        string digest = ByteString.Sha256(envelope.Payload.Span).ToString();
        if (json)
        {
            context.WriteJson(new JsonObject
            {
                ["model"] = $"{policy.Tenant}/{policy.Model}",
                ["policyVersion"] = policy.PolicyVersion,
                ["sha256"] = digest,
                ["signers"] = new JsonArray([.. envelope.Signatures.Select(signature => (JsonNode)signature.KeyId)]),
            });
            return;
        }

        context.Output.WriteLine(OneLine.Of($"policy {policy.PolicyVersion} of {policy.Tenant}/{policy.Model}, sha256 {digest}"));
        foreach (DsseSignature signature in envelope.Signatures)
        {
            context.Output.WriteLine($"signed by {signature.KeyId}");
        }
    }
}
