using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>A user has a guest prove itself, before anything is sent.</summary>
internal static class VerifyChapter
{
    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        string model = stage.Names[0];
        telling.Chapter("3  The user has the guest prove itself, from afar");
        await telling.FactAsync($"cfm verify accepts {model}, step by step", async () =>
        {
            ToolResult result = await stage.User.VerifyAsync(model, cancellationToken);
            Print(telling, result.All.TrimEnd().Split('\n'));
            return Proof.Of(result.Code == 0 && result.All.Contains("development", StringComparison.Ordinal),
                $"exit code {result.Code}, and it says that the hardware is software");
        });
        await telling.FactAsync("every rule passed, was waived by name, or was noted; none was skipped in silence", async () =>
        {
            ToolResult result = await stage.User.VerifyAsync(model, cancellationToken, "--output", "json");
            JsonNode? verdict = JsonNode.Parse(result.Output);
            List<JsonObject> rules = [.. verdict.Items("rules")];
            string[] outcomes = [.. rules.Select(rule => rule.Text("outcome")!.ToLowerInvariant())];
            bool known = outcomes.All(outcome => outcome is "passed" or "waived" or "noted");
            bool accepted = verdict.Find("accepted") is JsonValue value && value.GetValue<bool>();
            return Proof.Of(accepted && known && outcomes.Count(outcome => outcome == "passed") >= 10,
                $"{outcomes.Count(outcome => outcome == "passed")} passed, {outcomes.Count(outcome => outcome == "waived")} waived");
        });
        await telling.FactAsync("without the development root the same guest is refused: no hardware stands behind it", async () =>
        {
            string endpoint = (await stage.User.EndpointAsync(model, cancellationToken)).ToString();
            ToolResult result = await stage.Cluster.Tools.CfmAsync(cancellationToken, "verify", endpoint,
                "--policy", stage.Owner.Policy(model), "--owner", stage.Owner.OwnerPublicKey);
            return Proof.Of(result.Code == 10, $"exit code {result.Code}, {Shortened(result.LastLine)}");
        });
    }

    /// <summary>The names of the steps that passed on few lines, and everything else on a line of its own.</summary>
    private static void Print(Telling telling, string[] lines)
    {
        string[] passed = [.. lines.Where(line => line.StartsWith("pass ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
        foreach (string[] row in passed.Chunk(9)) telling.Say($"pass   {string.Join(", ", row)}");
        foreach (string line in lines.Where(line => !line.StartsWith("pass ", StringComparison.Ordinal))) telling.Say(Shortened(line));
    }

    private static string Shortened(string line) => line.Length > 130 ? line[..129] + "…" : line;
}
