using System.Text.Json.Nodes;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>What the API server wrote down of the requests of one account.</summary>
internal sealed class AuditLog(string path, string account)
{
    /// <summary>Gets the requests so far, without watches and the Lease's, which go on whatever the Controller has to do.</summary>
    public IReadOnlyList<AuditedRequest> Read()
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);

        // The last line may be half written.
        string[] lines = reader.ReadToEnd().Split('\n')[..^1];
        return [.. lines.Where(line => line.Contains(account, StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)!).Where(IsWork).Select(Make)];
    }

    private bool IsWork(JsonNode entry) => (string?)entry["user"]!["username"] == account
        && (string?)entry["stage"] == "ResponseComplete"
        && (string?)entry["verb"] != "watch"
        && (string?)entry["objectRef"]?["resource"] != "leases";

    private static AuditedRequest Make(JsonNode entry) => new(
        (string)entry["verb"]!,
        (string?)entry["objectRef"]?["resource"] ?? "",
        (string?)entry["objectRef"]?["namespace"] ?? "",
        (string?)entry["objectRef"]?["name"] ?? "",
        (int?)entry["responseStatus"]?["code"] ?? 0);
}

internal sealed record AuditedRequest(string Verb, string Resource, string Namespace, string Name, int Status)
{
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";
}
