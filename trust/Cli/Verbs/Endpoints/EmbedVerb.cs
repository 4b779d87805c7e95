using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary><c>cfm embed</c>: verifies, then has sentences embedded and ranks them by how near they are to the first.</summary>
internal static class EmbedVerb
{
    private const string Path = "/v1/embeddings";

    public static Command Create(CommandContext context)
    {
        var query = new Argument<string>("query") { Description = "The sentence that the others are compared with." };
        var texts = new Argument<string[]>("sentences") { Description = "The sentences to rank; absent: the lines of the standard input.", Arity = ArgumentArity.ZeroOrMore };
        var options = new EndpointOptions(context);
        Option<string> output = SharedOptions.Output();
        var command = new Command("embed", "Verify the guest, then rank sentences by their likeness to a query.") { query, texts, output };
        options.AddTo(command);
        context.Attach(command, async (parse, token) =>
        {
            using ModelConnection connection = ModelConnection.Open(context, options.Target(parse));
            string[] sentences = parse.GetValue(texts) is { Length: > 0 } given ? given : await ReadLinesAsync(context, token).ConfigureAwait(false);
            string[] inputs = [parse.GetRequiredValue(query), .. sentences];
            var body = new JsonObject { ["model"] = connection.Model, ["input"] = new JsonArray([.. inputs.Select(text => (JsonNode)text)]), ["encoding_format"] = "float" };
            using HttpResponseMessage response = await connection.PostAsync(Path, body, options.ApiKey(parse), token).ConfigureAwait(false);
            float[][] vectors = Vectors(await response.ReadJsonAsync(token).ConfigureAwait(false), inputs.Length);
            Print(context, Rank(sentences, vectors), parse.IsJson(output));
            return ExitCode.Accepted;
        });
        return command;
    }

    private static async Task<string[]> ReadLinesAsync(CommandContext context, CancellationToken cancellationToken) =>
        [.. (await context.Input.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static float[][] Vectors(JsonNode answer, int count)
    {
        try
        {
            float[][] vectors = [.. answer["data"]!.AsArray().OrderBy(entry => entry!["index"]!.GetValue<int>()).Select(entry => entry!["embedding"].Deserialize<float[]>()!)];
            if (vectors.Length == count && vectors.All(vector => vector.Length > 0 && vector.Length == vectors[0].Length))
            {
                return vectors;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            // The refusal below says it.
        }

        throw new CommandRefusedException(RefusalReason.Malformed, $"The guest's answer is not a list of {count} embeddings of one length.");
    }

    private static (double Score, string Text)[] Rank(string[] sentences, float[][] vectors) =>
        [.. sentences.Select((text, at) => (Likeness(vectors[0], vectors[at + 1]), text)).OrderByDescending(entry => entry.Item1)];

    private static double Likeness(float[] one, float[] other)
    {
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < one.Length; i++)
        {
            product += (double)one[i] * other[i];
            first += (double)one[i] * one[i];
            second += (double)other[i] * other[i];
        }

        return first == 0 || second == 0 ? 0 : product / Math.Sqrt(first * second);
    }

    private static void Print(CommandContext context, (double Score, string Text)[] ranked, bool json)
    {
        if (json)
        {
            context.WriteJson(new JsonArray([.. ranked.Select(entry => (JsonNode)new JsonObject { ["score"] = Math.Round(entry.Score, 6), ["text"] = entry.Text })]));
            return;
        }

        foreach ((double score, string text) in ranked)
        {
            context.Output.WriteLine($"{score,6:0.000}  {text}");
        }
    }
}
