using System.CommandLine;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary><c>cfm infer</c>: verifies, then sends tensors in the JSON of the Open Inference Protocol and prints the answer.</summary>
internal static class InferVerb
{
    private const int LongestRequest = 32 * 1024 * 1024;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<FileInfo>("request") { Description = "The request: JSON with 'inputs', each with name, datatype, shape and data." };
        var options = new EndpointOptions(context);
        var command = new Command("infer", "Verify the guest, then send tensors, sealed, and print the answer as JSON.") { file };
        options.AddTo(command);
        context.Attach(command, async (parse, token) =>
        {
            using ModelConnection connection = ModelConnection.Open(context, options.Target(parse));
            byte[] request = InputFile.Bytes(parse.GetRequiredValue(file), LongestRequest);
            string path = $"/v2/models/{Uri.EscapeDataString(connection.Model)}/infer";
            using HttpResponseMessage response = await connection.PostAsync(path, request, options.ApiKey(parse), token).ConfigureAwait(false);
            context.WriteJson(await response.ReadJsonAsync(token).ConfigureAwait(false));
            return ExitCode.Accepted;
        });
        return command;
    }
}
