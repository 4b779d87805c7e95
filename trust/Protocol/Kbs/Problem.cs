using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>A refusal on the wire: a problem document (RFC 9457) whose type ends in the reason.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Refusal">The refusal.</param>
public sealed record Problem(int Status, Refusal Refusal)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    private const string TypePrefix = "https://confidential-operator.dev/problems/";
    private const int LongestBody = 64 * 1024;
    private const int LongestDetail = 4096;

    /// <summary>Reads a problem document of one of our processes; a reason that is not known here becomes <see cref="RefusalReason.InternalError"/>.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Problem? problem, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "problem document", LongestBody, Read, out problem, out refusal);

    /// <summary>Returns the document.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject
    {
        ["type"] = TypePrefix + Refusal.Reason,
        ["title"] = Refusal.Reason.ToString(),
        ["status"] = Status,
        ["detail"] = Refusal.Message,
        ["reason"] = Refusal.Reason.ToString(),
    });

    private static Problem Read(StrictObject given)
    {
        string name = given.IgnoreUnknown().Text("reason", 64);
        RefusalReason reason = Enum.TryParse(name, out RefusalReason known) && known.ToString() == name ? known : RefusalReason.InternalError;
        return new Problem((int)given.Number("status", 100, 599), new Refusal(reason, given.Text("detail", LongestDetail)));
    }
}
