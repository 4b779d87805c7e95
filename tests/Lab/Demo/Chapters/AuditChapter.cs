using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>The owner looks at who got which key.</summary>
internal static class AuditChapter
{
    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        telling.Chapter("6  The audit log says who got which key");
        string log = Path.Combine(stage.Cluster.Folders.Owner, "audit.jsonl");
        await telling.FactAsync("cfm audit fetch lists each release and each refusal with its rule", async () =>
        {
            await FetchAsync(stage, log, cancellationToken);
            List<JsonNode?> records = [.. File.ReadLines(log).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line).Find("record"))];
            int released = records.Count(record => record.Text("event") == "Released" && record.Text("replica") is { Length: > 0 });
            bool everyModel = stage.Names.All(name => records.Any(record => record.Text("event") == "Released" && record.Text("model") == name));
            JsonNode? refused = records.FirstOrDefault(record => record.Text("event") == "Refused" && record.Text("reason") == "InitDataNotAccepted");
            return Proof.Of(everyModel && refused is not null,
                $"{records.Count} records, {released} releases, refused: {refused.Text("replica")} InitDataNotAccepted");
        });
        await telling.FactAsync("cfm audit verify: the chain is whole", async () =>
        {
            ToolResult result = await VerifyAsync(stage, log, cancellationToken);
            return Proof.Of(result.Code == 0, result.LastLine);
        });
        await telling.FactAsync("a refusal that is turned into a release breaks it", async () =>
        {
            string changed = log + ".changed";
            string text = await File.ReadAllTextAsync(log, cancellationToken);
            const string Refused = "\"event\":\"Refused\"";
            int at = text.IndexOf(Refused, StringComparison.Ordinal);
            if (at < 0) return Proof.Of(false, "the log has no refusal to hide");
            await File.WriteAllTextAsync(changed, text[..at] + "\"event\":\"Released\"" + text[(at + Refused.Length)..], cancellationToken);
            ToolResult result = await VerifyAsync(stage, changed, cancellationToken);
            return Proof.Of(result.Code is not 0 and not 1, $"exit code {result.Code}, {result.LastLine}");
        });
    }

    private static Task<ToolResult> FetchAsync(Stage stage, string log, CancellationToken cancellationToken) => stage.Cluster.Tools.NeedCfmAsync(cancellationToken,
        "audit", "fetch", "--tenant", OwnerDesk.Tenant, "--owner-key", stage.Owner.OwnerKey, "--out", log, "--ca", stage.Cluster.BrokerAuthority);

    private static Task<ToolResult> VerifyAsync(Stage stage, string log, CancellationToken cancellationToken) => stage.Cluster.Tools.CfmAsync(cancellationToken,
        "audit", "verify", log, "--audit-key", stage.Cluster.AuditKey, "--tenant", OwnerDesk.Tenant);
}
