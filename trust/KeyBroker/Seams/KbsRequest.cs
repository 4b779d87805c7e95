using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>The body of <c>/auth</c>.</summary>
internal sealed record KbsRequest(string Version, TeeKind Tee, JsonElement ExtraParams)
{
    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out KbsRequest? request, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(body, "request", Read, out request, out refusal);

    private static KbsRequest Read(JsonElement root)
    {
        JsonElement extra = root.TryGetProperty("extra-params", out JsonElement given) ? given.Clone() : default;
        return new KbsRequest(root.Text("version", 32), Kind(root.Text("tee", 32)), extra);
    }

    // The Azure names lost their hyphens in releases before September 2025.
    private static TeeKind Kind(string tee) => tee switch
    {
        "snp" => TeeKind.Snp,
        "tdx" => TeeKind.Tdx,
        "az-snp-vtpm" or "azsnpvtpm" => TeeKind.AzureSnp,
        "az-tdx-vtpm" or "aztdxvtpm" => TeeKind.AzureTdx,
        "sample" => TeeKind.Sample,
        "nitro" => TeeKind.Nitro,
        _ => TeeKind.Unknown,
    };
}
