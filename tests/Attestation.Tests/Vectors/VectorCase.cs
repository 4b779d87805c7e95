using System.Text.Json;

namespace ConfidentialOperator.Attestation.Tests.Vectors;

/// <summary>One case of the recorded set: files, time, policy and the right verdict.</summary>
internal sealed record VectorCase(string Name, string Kind, IReadOnlyList<string> Files, DateTimeOffset At, string Verdict, string Code, bool OwnRoot, JsonElement? Policy)
{
    public static IReadOnlyList<VectorCase> ReadSnp(string folder)
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        return [.. manifest.RootElement.GetProperty("items").EnumerateArray()
            .Where(item => item.GetProperty("tee").GetString() == "snp").SelectMany(item => Read(folder, item))];
    }

    private static IEnumerable<VectorCase> Read(string folder, JsonElement item)
    {
        string name = item.GetProperty("name").GetString()!;
        string[] files = [.. item.GetProperty("files").EnumerateArray().Select(file => Path.Combine(folder, file.GetProperty("path").GetString()!))];
        return item.GetProperty("cases").EnumerateArray().Select(entry => new VectorCase(
            $"{name} {entry.GetProperty("id").GetString()}", item.GetProperty("kind").GetString()!, files, entry.GetProperty("at").GetDateTimeOffset(),
            entry.GetProperty("verdict").GetString()!, entry.GetProperty("code").GetString()!,
            entry.TryGetProperty("trust", out _), entry.TryGetProperty("policy", out JsonElement policy) ? policy.Clone() : null));
    }
}
