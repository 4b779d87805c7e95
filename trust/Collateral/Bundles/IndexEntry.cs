using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.CollateralSupply.Bundles;

/// <summary>One line of an index: what an item is, its hash, and where it came from. The bytes stand in the line or in a file named by the hash.</summary>
/// <param name="Item">The item; without its bytes when they are in a file.</param>
/// <param name="Sha256">The SHA-256 of the bytes.</param>
/// <param name="HasData">Whether the bytes are here.</param>
internal sealed record IndexEntry(CollateralItem Item, ByteString Sha256, bool HasData)
{
    private const int LongestName = 512;
    private const int LongestSource = 2048;

    public static IndexEntry Of(CollateralItem item, bool withData) => new(item, ByteString.Sha256(item.Data.Span), withData);

    public static IndexEntry Read(StrictObject given)
    {
        string kind = given.Name("kind", 16);
        if (!CollateralKinds.All.Contains(kind))
        {
            given.Fail("kind", $"must be one of {string.Join(", ", CollateralKinds.All)}", RefusalReason.Unsupported);
        }

        ByteString sha256 = given.Hex("sha256", SHA256.HashSizeInBytes);
        bool hasData = given.Has("data");
        ByteString data = hasData ? new ByteString(given.Base64("data", CollateralItem.Longest)) : ByteString.Empty;
        if (hasData && ByteString.Sha256(data.Span) != sha256)
        {
            given.Fail("sha256", "is not the SHA-256 of 'data'");
        }

        var item = new CollateralItem(kind, data, given.Name("request", LongestName), given.Text("source", LongestSource), given.Time("fetchedAt"));
        return new IndexEntry(item, sha256, hasData);
    }

    public JsonObject Write()
    {
        var entry = new JsonObject
        {
            ["kind"] = Item.Kind,
            ["sha256"] = Sha256.ToString(),
            ["request"] = Item.Request,
            ["source"] = Item.Source,
            ["fetchedAt"] = Item.FetchedAt.ToUnixTimeSeconds(),
        };
        if (HasData)
        {
            entry["data"] = Convert.ToBase64String(Item.Data.Span);
        }

        return entry;
    }
}
