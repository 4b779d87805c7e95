using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary><c>cfm chat</c>: verifies, then asks, and prints the answer as it comes.</summary>
internal static class ChatVerb
{
    private const string Path = "/v1/chat/completions";

    public static Command Create(CommandContext context)
    {
        var prompt = new Argument<string?>("prompt") { Description = "The prompt; absent: the standard input.", Arity = ArgumentArity.ZeroOrOne };
        var system = new Option<string?>("--system") { Description = "A system message before the prompt.", HelpName = "TEXT" };
        var tokens = new Option<int?>("--max-tokens") { Description = "The most tokens of the answer.", HelpName = "NUMBER" };
        var temperature = new Option<double?>("--temperature") { Description = "The temperature; 0 is greedy.", HelpName = "NUMBER" };
        var options = new EndpointOptions(context);
        Option<string> output = SharedOptions.Output();
        var command = new Command("chat", "Verify the guest, then send a prompt, sealed, and print the answer as it comes.") { prompt, system, tokens, temperature, output };
        options.AddTo(command);
        context.Attach(command, async (parse, token) =>
        {
            using ModelConnection connection = ModelConnection.Open(context, options.Target(parse));
            string text = parse.GetValue(prompt) ?? await context.Input.ReadToEndAsync(token).ConfigureAwait(false);
            JsonObject body = Body(connection.Model, text, parse.GetValue(system), parse.GetValue(tokens), parse.GetValue(temperature));
            bool json = parse.IsJson(output);
            body["stream"] = !json;
            using HttpResponseMessage response = await connection.PostAsync(Path, body, options.ApiKey(parse), token).ConfigureAwait(false);
            await (json ? WriteWholeAsync(context, response, token) : WriteStreamAsync(context, response, token)).ConfigureAwait(false);
            return ExitCode.Accepted;
        });
        return command;
    }

    private static JsonObject Body(string model, string prompt, string? system, int? tokens, double? temperature)
    {
        var messages = new JsonArray();
        if (system is not null)
        {
            messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = system });
        }

        messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = prompt });
        var body = new JsonObject { ["model"] = model, ["messages"] = messages };
        if (tokens is { } most)
        {
            body["max_tokens"] = most;
        }

        if (temperature is { } degree)
        {
            body["temperature"] = degree;
        }

        return body;
    }

    private static async Task WriteWholeAsync(CommandContext context, HttpResponseMessage response, CancellationToken cancellationToken) =>
        context.WriteJson(await response.ReadJsonAsync(cancellationToken).ConfigureAwait(false));

    private static async Task WriteStreamAsync(CommandContext context, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (string data in EventStream.ReadAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            if (data != "[DONE]")
            {
                await context.Output.WriteAsync(Delta(data)).ConfigureAwait(false);
                await context.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await context.Output.WriteLineAsync().ConfigureAwait(false);
    }

    private static string Delta(string data)
    {
        try
        {
            JsonNode? chunk = JsonNode.Parse(data);
            return chunk?["error"] is { } error
                ? throw new CommandRefusedException(RefusalReason.InternalError, error["message"]?.ToString() ?? "The guest stopped in the middle of the answer.")
                : chunk?["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"]?.GetValue<string>() ?? "";
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new CommandRefusedException(RefusalReason.Malformed, "An event of the guest's answer is not a chunk of a completion.");
        }
    }
}
