using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Proxy;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary><c>cfm proxy</c>: an ordinary OpenAI address on this machine whose every request is verified and sealed.</summary>
internal static class ProxyVerb
{
    private const string Usual = "127.0.0.1:8000";
    private const int LongestApiKey = 1024;

    public static Command Create(CommandContext context)
    {
        var config = new Option<FileInfo?>("--config") { Description = "Several models: a YAML file with 'models', each with endpoint, policy, owners and, if wanted, name, developmentRoots, ca.", HelpName = "FILE" };
        var listen = new Option<string>("--listen") { Description = "The loopback address and port; port 0 takes a free one.", DefaultValueFactory = _ => Usual, HelpName = "ADDRESS:PORT" };
        var bind = new Option<string?>("--bind") { Description = "Listen on this address though it may be reached from outside: whoever reaches it speaks to the models in clear.", HelpName = "ADDRESS:PORT" };
        var apiKey = new Option<string?>("--api-key") { Description = "A caller's key for requests that bring none; absent: they are passed on without one.", HelpName = "KEY" };
        var apiKeyFile = new Option<FileInfo?>("--api-key-file") { Description = "The same key in a file, which other users of the machine cannot see as they see arguments.", HelpName = "FILE" };
        var options = new EndpointOptions(context);
        Option<string> output = SharedOptions.Output();
        var command = new Command("proxy", "Serve plain OpenAI and Open Inference Protocol on this machine; verify each model, then send sealed.") { config, listen, bind, apiKey, apiKeyFile, output };
        options.AddTo(command, withApiKey: false);
        context.Attach(command, async (parse, token) =>
        {
            IPEndPoint address = Address(parse.GetRequiredValue(listen), parse.GetValue(bind));
            IReadOnlyList<(string? Name, ModelTarget Target)> targets = Targets(parse, options, parse.GetValue(config));
            var models = new Dictionary<string, ModelConnection>(StringComparer.Ordinal);
            try
            {
                Open(context, targets, models);
                await ServeAsync(context, new ProxyOptions { Listen = address, Models = models, ApiKey = ApiKey(parse.GetValue(apiKey), parse.GetValue(apiKeyFile)) }, parse.IsJson(output), token).ConfigureAwait(false);
            }
            finally
            {
                models.Values.ToList().ForEach(model => model.Dispose());
            }

            return ExitCode.Accepted;
        });
        return command;
    }

    private static string? ApiKey(string? given, FileInfo? file) =>
        file is null ? given
        : given is null ? InputFile.Text(file, LongestApiKey).Trim()
        : throw new CommandRefusedException(RefusalReason.Malformed, "Give either --api-key or --api-key-file, not both.");

    private static IReadOnlyList<(string? Name, ModelTarget Target)> Targets(ParseResult parse, EndpointOptions options, FileInfo? config)
    {
        if (config is null)
        {
            return [(null, options.Target(parse))];
        }

        return options.AnyGiven(parse)
            ? throw new CommandRefusedException(RefusalReason.Malformed, "Give either --config or the options of one model, not both.")
            : ProxyConfig.Read(config);
    }

    private static void Open(CommandContext context, IReadOnlyList<(string? Name, ModelTarget Target)> targets, Dictionary<string, ModelConnection> models)
    {
        foreach ((string? name, ModelTarget target) in targets)
        {
            ModelConnection connection = ModelConnection.Open(context, target);

            // The guest knows its model by the policy's name; another name here could not be routed there.
            if ((name is not null && name != connection.Model) || !models.TryAdd(connection.Model, connection))
            {
                connection.Dispose();
                throw new CommandRefusedException(RefusalReason.PolicyModelMismatch,
                    $"The policy '{target.Policy}' is for model '{connection.Model}', which is not '{name}' or is configured twice.");
            }
        }
    }

    private static async Task ServeAsync(CommandContext context, ProxyOptions options, bool json, CancellationToken cancellationToken)
    {
        await using WebApplication application = ProxyApplication.Create(options, context);
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        string address = ProxyApplication.AddressOf(application).GetLeftPart(UriPartial.Authority);
        application.Logger.Serving(options.Models.Count, address);
        if (json)
        {
            await context.Output.WriteLineAsync(new JsonObject { ["address"] = address }.ToJsonString()).ConfigureAwait(false);
        }
        else
        {
            await context.Output.WriteLineAsync($"listening on {address}").ConfigureAwait(false);
        }

        await context.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        await application.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
    }

    private static IPEndPoint Address(string listen, string? bind)
    {
        if (!IPEndPoint.TryParse((bind ?? listen).Replace("localhost", "127.0.0.1", StringComparison.Ordinal), out IPEndPoint? address))
        {
            throw new CommandRefusedException(RefusalReason.Malformed, $"'{bind ?? listen}' must be ADDRESS:PORT, such as {Usual}.");
        }

        return bind is not null || IPAddress.IsLoopback(address.Address) ? address
            : throw new CommandRefusedException(RefusalReason.NotAuthorized,
                $"'{listen}' can be reached from outside this machine, where requests are in clear. Use --bind if that is what you want.");
    }
}
