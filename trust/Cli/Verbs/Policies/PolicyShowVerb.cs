using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary><c>cfm policy show</c>: prints a policy, who signed it and what it does not check.</summary>
internal static class PolicyShowVerb
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<FileInfo>("policy") { Description = "A policy or its envelope." };
        Option<FileInfo[]> owners = SharedOptions.Owners(required: false);
        Option<string> output = SharedOptions.Output();
        var command = new Command("show", "Print a policy, who signed it, and the checks that it waives. With --owner the signature and the time are verified.") { file, owners, output };
        context.Attach(command, parse =>
        {
            FileInfo given = parse.GetRequiredValue(file);
            PolicyFile read = PolicyFile.Read(given);
            string signature = read.Envelope is null ? "none" : "not verified";
            if (parse.GetValue(owners) is { Length: > 0 } keys)
            {
                signature = Verify(given, keys, context.Time.GetUtcNow());
            }

            Print(context, read, signature, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static string Verify(FileInfo file, FileInfo[] owners, DateTimeOffset now)
    {
        SignedTrustPolicy opened = PolicyFile.Open(file, [.. owners.Select(InputFile.PublicKey)]);
        return opened.CheckTime(now) is { } refusal ? throw new CommandRefusedException(refusal) : $"verified: {string.Join(", ", opened.Signers.Select(signer => signer.KeyId))}";
    }

    private static void Print(CommandContext context, PolicyFile read, string signature, bool json)
    {
        TrustPolicy policy = read.Policy;
        string sha256 = ByteString.Sha256(read.Envelope is { } envelope ? envelope.Payload.Span : policy.ToJson()).ToString();
        JsonNode signers = new JsonArray([.. (read.Envelope?.Signatures ?? []).Select(entry => (JsonNode)entry.KeyId)]);
        if (json)
        {
            context.WriteJson(new JsonObject
            {
                ["sha256"] = sha256,
                ["signature"] = signature,
                ["signers"] = signers,
                ["development"] = policy.Development,
                ["waivers"] = new JsonArray([.. policy.Waivers.Select(waiver => (JsonNode)new JsonObject { ["check"] = waiver.Check, ["reason"] = waiver.Reason })]),
                ["policy"] = PolicyFile.ToNode(policy),
            });
            return;
        }

        context.Output.WriteLine(OneLine.Of($"policy {policy.PolicyVersion} of {policy.Tenant}/{policy.Model}, valid until {policy.NotAfter:u}"));
        context.Output.WriteLine($"sha256 {sha256}");
        context.Output.WriteLine($"signature {signature}");
        context.Output.WriteLine(policy.Development ? "development: accepts test hardware" : "accepts genuine hardware only");
        foreach (Waiver waiver in policy.Waivers)
        {
            context.Output.WriteLine(OneLine.Of($"waived {waiver.Check}: {waiver.Reason}"));
        }

        context.Output.WriteLine(PolicyFile.Print(policy));
    }
}
