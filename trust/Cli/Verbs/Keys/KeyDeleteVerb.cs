using System.CommandLine;
using ConfidentialOperator.Cli.Broker;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Keys;

/// <summary><c>cfm key delete</c>: deletes a resource at the key broker; no guest gets it any more.</summary>
internal static class KeyDeleteVerb
{
    public static Command Create(CommandContext context)
    {
        Argument<string> resource = KeyUploadVerb.Resource();
        Option<FileInfo> ownerKey = SharedOptions.OwnerKey();
        Option<string?> broker = SharedOptions.Broker();
        Option<FileInfo?> ca = SharedOptions.BrokerCa();
        Option<string> output = SharedOptions.Output();
        var command = new Command("delete", "Delete a resource at the key broker.") { resource, ownerKey, broker, ca, output };
        context.Attach(command, async (parse, token) =>
        {
            KbsResourceUri uri = KeyUploadVerb.Parse(parse.GetRequiredValue(resource));
            using OwnerKey key = InputFile.OwnerKey(parse.GetRequiredValue(ownerKey));
            using BrokerConnection connection = BrokerConnection.Open(context, parse.GetValue(broker), parse.GetValue(ca));
            using HttpRequestMessage request =
                BrokerConnection.OwnersRequest(HttpMethod.Delete, KeyUploadVerb.PathOf(uri), key, uri.Repository, context.Time.GetUtcNow());
            using HttpResponseMessage response = await connection.SendAsync(request, token).ConfigureAwait(false);
            KeyUploadVerb.Print(context, "deleted", uri, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }
}
