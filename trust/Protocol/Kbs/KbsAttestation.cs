using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>The body of <c>POST /attest</c>, in version 0.4.0 or 0.2.0.</summary>
public sealed record KbsAttestation
{
    /// <summary>The most bytes of a body: evidence of eight GPUs takes several hundred kilobytes.</summary>
    public const int LongestBody = 4 * 1024 * 1024;

    /// <summary>Gets the nonce as the guest sends it back; null in version 0.2.0.</summary>
    public string? Nonce { get; init; }

    /// <summary>Gets the key that secrets are to be sealed to.</summary>
    public required TeePublicKey TeeKey { get; init; }

    /// <summary>Gets the evidence of the CPU, as JSON.</summary>
    public required ByteString Evidence { get; init; }

    /// <summary>Gets the evidence of devices: JSON in a text, or an empty text.</summary>
    public string AdditionalEvidence { get; init; } = "";

    /// <summary>Gets the text of the initdata; null when the guest sends none.</summary>
    public string? InitData { get; init; }

    /// <summary>Reads the body.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, string version,
        [NotNullWhen(true)] out KbsAttestation? attestation, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "attestation", LongestBody, version == KbsVersion.Older ? ReadOlder : Read, out attestation, out refusal);

    /// <summary>Returns the body in version 0.4.0.</summary>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["init-data"] = InitData is null ? null : new JsonObject { ["format"] = "toml", ["body"] = InitData },
        ["runtime-data"] = new JsonObject { ["nonce"] = Nonce, ["tee-pubkey"] = JsonNode.Parse(TeeKey.ToJson()) },
        ["tee-evidence"] = new JsonObject { ["primary_evidence"] = JsonNode.Parse(Evidence.Span), ["additional_evidence"] = AdditionalEvidence },
    }.ToJsonString());

    private static KbsAttestation? Read(StrictObject given)
    {
        StrictObject runtime = given.IgnoreUnknown().Child("runtime-data").IgnoreUnknown();
        StrictObject evidence = given.Child("tee-evidence").IgnoreUnknown();
        return TeePublicKey.Read(runtime.Child("tee-pubkey")) is not { } key ? null : new KbsAttestation
        {
            Nonce = runtime.Name("nonce", 128),
            TeeKey = key,
            Evidence = Raw(evidence.Any("primary_evidence")),
            AdditionalEvidence = evidence.Has("additional_evidence") ? evidence.Text("additional_evidence", LongestBody) : "",
            InitData = given.Has("init-data") ? ReadInitData(given.Child("init-data")) : null,
        };
    }

    private static KbsAttestation? ReadOlder(StrictObject given) =>
        TeePublicKey.Read(given.IgnoreUnknown().Child("tee-pubkey")) is not { } key ? null
            : new KbsAttestation { TeeKey = key, Evidence = Raw(given.Any("tee-evidence")) };

    private static string ReadInitData(StrictObject data)
    {
        data.IgnoreUnknown().Literal("format", "toml");
        return data.Text("body", LongestBody);
    }

    private static ByteString Raw(JsonElement element) =>
        element.ValueKind == JsonValueKind.Undefined ? ByteString.Empty : new ByteString(Encoding.UTF8.GetBytes(element.GetRawText()));
}
