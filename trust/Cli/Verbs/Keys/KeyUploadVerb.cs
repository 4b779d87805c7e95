using System.CommandLine;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Broker;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Verbs.Keys;

/// <summary><c>cfm key upload</c>: stores a resource at the key broker.</summary>
internal static class KeyUploadVerb
{
    private const int LongestResource = 1024 * 1024;

    public static Command Create(CommandContext context)
    {
        Argument<string> resource = Resource();
        var file = new Option<FileInfo>("--file") { Description = "The model key, or the envelope of a caller list.", Required = true, HelpName = "FILE" };
        Option<FileInfo> ownerKey = SharedOptions.OwnerKey();
        Option<string?> broker = SharedOptions.Broker();
        Option<FileInfo?> ca = SharedOptions.BrokerCa();
        Option<string> output = SharedOptions.Output();
        var command = new Command("upload", "Store a resource at the key broker.") { resource, file, ownerKey, broker, ca, output };
        context.Attach(command, async (parse, token) =>
        {
            KbsResourceUri uri = Parse(parse.GetRequiredValue(resource));
            using OwnerKey key = InputFile.OwnerKey(parse.GetRequiredValue(ownerKey));
            using BrokerConnection connection = BrokerConnection.Open(context, parse.GetValue(broker), parse.GetValue(ca));
            byte[] secret = InputFile.Bytes(parse.GetRequiredValue(file), LongestResource);
            try
            {
                using HttpRequestMessage request = BrokerConnection.OwnersRequest(HttpMethod.Post, PathOf(uri), key, uri.Repository, context.Time.GetUtcNow());
                request.Content = new ByteArrayContent(secret) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
                using HttpResponseMessage response = await connection.SendAsync(request, token).ConfigureAwait(false);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(secret);
            }

            Print(context, "stored", uri, parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    public static Argument<string> Resource() => new("resource") { Description = "The resource: kbs:///tenant/type/tag." };

    public static KbsResourceUri Parse(string text) => KbsResourceUri.TryParse(text, out KbsResourceUri? uri) ? uri
        : throw new CommandRefusedException(RefusalReason.Malformed, $"'{text}' must be kbs:///tenant/type/tag.");

    public static string PathOf(KbsResourceUri uri) => $"/kbs/v0/resource/{uri.ResourcePath}";

    public static void Print(CommandContext context, string what, KbsResourceUri uri, bool json)
    {
        if (json)
        {
            context.WriteJson(new JsonObject { [what] = uri.ToString() });
        }
        else
        {
            context.Output.WriteLine($"{what} {uri}");
        }
    }
}
