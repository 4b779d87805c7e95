using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Broker;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary><c>cfm policy push</c>: puts a signed policy in force at the key broker. The signature is all the authority that it needs.</summary>
internal static class PolicyPushVerb
{
    public static Command Create(CommandContext context)
    {
        var file = new Argument<FileInfo>("policy") { Description = "The envelope of a signed policy." };
        Option<string?> broker = SharedOptions.Broker();
        Option<FileInfo?> ca = SharedOptions.BrokerCa();
        Option<string> output = SharedOptions.Output();
        var command = new Command("push", "Put a signed policy in force at the key broker.") { file, broker, ca, output };
        context.Attach(command, async (parse, token) =>
        {
            PolicyFile read = PolicyFile.Read(parse.GetRequiredValue(file));
            TrustPolicy policy = read.Policy;
            byte[] envelope = read.Envelope?.ToJson()
                ?? throw new CommandRefusedException(RefusalReason.PolicySignatureInvalid, "The policy is not signed: run 'cfm policy sign' first.");
            using BrokerConnection connection = BrokerConnection.Open(context, parse.GetValue(broker), parse.GetValue(ca));
            using var request = new HttpRequestMessage(HttpMethod.Put,
                $"/v1/tenants/{Uri.EscapeDataString(policy.Tenant)}/policies/{Uri.EscapeDataString(policy.Model)}");
            request.Content = new ByteArrayContent(envelope) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using HttpResponseMessage response = await connection.SendAsync(request, token).ConfigureAwait(false);
            if (parse.IsJson(output))
            {
                context.WriteJson(new JsonObject { ["model"] = $"{policy.Tenant}/{policy.Model}", ["policyVersion"] = policy.PolicyVersion });
            }
            else
            {
                context.Output.WriteLine(OneLine.Of($"policy {policy.PolicyVersion} of {policy.Tenant}/{policy.Model} is in force"));
            }

            return ExitCode.Accepted;
        });
        return command;
    }
}
