using System.CommandLine;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Broker;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Audit;

/// <summary><c>cfm audit fetch</c>: exports a tenant's log. The head that is printed is worth keeping: it shows later that nothing was cut off.</summary>
internal static class AuditFetchVerb
{
    private const string HeadHeader = "Confidential-Audit-Head";

    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant.", Required = true, HelpName = "NAME" };
        Option<FileInfo> ownerKey = SharedOptions.OwnerKey();
        Option<FileInfo> target = SharedOptions.Out("Write the log here, one record a line.");
        Option<string?> broker = SharedOptions.Broker();
        Option<FileInfo?> ca = SharedOptions.BrokerCa();
        Option<string> output = SharedOptions.Output();
        var command = new Command("fetch", "Export a tenant's audit log.") { tenant, ownerKey, target, broker, ca, output };
        context.Attach(command, async (parse, token) =>
        {
            string name = parse.GetRequiredValue(tenant);
            using OwnerKey key = InputFile.OwnerKey(parse.GetRequiredValue(ownerKey));
            using BrokerConnection connection = BrokerConnection.Open(context, parse.GetValue(broker), parse.GetValue(ca));
            using HttpRequestMessage request =
                BrokerConnection.OwnersRequest(HttpMethod.Get, $"/v1/tenants/{Uri.EscapeDataString(name)}/audit", key, name, context.Time.GetUtcNow());
            using HttpResponseMessage response = await connection.SendAsync(request, token).ConfigureAwait(false);
            await SaveAsync(response, parse.GetRequiredValue(target), token).ConfigureAwait(false);
            string head = response.Headers.TryGetValues(HeadHeader, out IEnumerable<string>? values) ? values.First().Replace(' ', ':') : "";
            if (parse.IsJson(output))
            {
                context.WriteJson(new JsonObject { ["tenant"] = name, ["head"] = head });
            }
            else
            {
                context.Output.WriteLine($"head {head}");
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    private static async Task SaveAsync(HttpResponseMessage response, FileInfo target, CancellationToken cancellationToken)
    {
        string partial = $"{target.FullName}.{Guid.NewGuid():N}.partial";
        try
        {
            await using (FileStream file = File.Create(partial))
            {
                await response.Content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
            }

            File.Move(partial, target.FullName, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
