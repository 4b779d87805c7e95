using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>The body of <c>POST /auth</c>.</summary>
public sealed record KbsRequest
{
    private const int LongestBody = 64 * 1024;

    /// <summary>Gets the version of the protocol that the guest speaks.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the kind of TEE.</summary>
    public required TeeKind Tee { get; init; }

    /// <summary>Gets what the guest says besides; undefined when it says nothing.</summary>
    public JsonElement ExtraParameters { get; init; }

    /// <summary>Reads the body.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out KbsRequest? request, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "request", LongestBody, Read, out request, out refusal);

    /// <summary>Makes a body.</summary>
    public static byte[] ToJson(TeeKind tee, JsonNode? extraParameters, string version = KbsVersion.Current) => CanonicalJson.Serialize(new JsonObject
    {
        ["version"] = version,
        ["tee"] = tee.ToWire(),
        ["extra-params"] = extraParameters?.DeepClone() ?? "",
    });

    private static KbsRequest Read(StrictObject given) => new()
    {
        Version = given.IgnoreUnknown().Text("version", 32),
        Tee = TeeNames.Parse(given.Text("tee", 32)),
        ExtraParameters = given.Has("extra-params") ? given.Any("extra-params") : default,
    };
}
