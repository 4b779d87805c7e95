using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.CollateralSupply.Bundles;

/// <summary>The list of what a bundle or a record of the cache has: JSON, canonical when it is written, strict when it is read.</summary>
internal static class CollateralIndex
{
    public const string Format = "confidential-operator.dev/collateral/v1";
    public const int Longest = 32 * 1024 * 1024;
    public const int MostEntries = 4096;

    public static bool TryRead(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out IReadOnlyList<IndexEntry>? entries, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "collateral index", Longest, Read, out entries, out refusal);

    public static byte[] Write(IEnumerable<IndexEntry> entries) => CanonicalJson.Serialize(new JsonObject
    {
        ["format"] = Format,
        ["entries"] = new JsonArray([.. entries.Select(entry => (JsonNode)entry.Write())]),
    });

    private static IReadOnlyList<IndexEntry> Read(StrictObject given)
    {
        given.Literal("format", Format);
        return given.Objects("entries", MostEntries, IndexEntry.Read);
    }
}
