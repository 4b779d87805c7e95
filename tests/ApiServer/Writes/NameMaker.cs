using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>Makes the name of an object that has only <c>generateName</c>.</summary>
internal static class NameMaker
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    public static void Complete(JsonObject item)
    {
        if (item.Name().Length > 0 || item.Text("metadata", "generateName") is not { Length: > 0 } prefix) return;
        item.Metadata()["name"] = prefix + RandomNumberGenerator.GetString(Letters, 5);
    }
}
