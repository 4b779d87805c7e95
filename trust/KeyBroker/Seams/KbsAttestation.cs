using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>The body of <c>/attest</c> in version 0.4.0, or 0.2.0, which has no nonce, no initdata and no devices.</summary>
internal sealed record KbsAttestation(string? Nonce, TeePublicKey TeeKey, byte[] Evidence, string AdditionalEvidence, string? InitData)
{
    public static bool TryParse(
        ReadOnlyMemory<byte> body, string version, [NotNullWhen(true)] out KbsAttestation? attestation, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!StrictJson.TryRead(body, "attestation", version == "0.2.0" ? ReadOld : ReadNew, out Parts? parts, out refusal))
        {
            attestation = null;
            return false;
        }

        refusal = parts.TeeKey is not null ? null
            : new(RefusalReason.TeeKeyNotSupported, "The guest's key must be EC on P-256 or P-521 (ECDH-ES+A256KW), or RSA of 2048 bits or more (RSA-OAEP-256).");
        attestation = parts.TeeKey is null ? null : new KbsAttestation(parts.Nonce, parts.TeeKey, parts.Evidence, parts.AdditionalEvidence, parts.InitData);
        return refusal is null && attestation is not null;
    }

    private static Parts ReadNew(JsonElement root)
    {
        JsonElement runtime = root.GetProperty("runtime-data");
        JsonElement evidence = root.GetProperty("tee-evidence");
        return new Parts(runtime.Text("nonce", 64), TeePublicKey.Read(runtime.GetProperty("tee-pubkey")), evidence.GetProperty("primary_evidence").RawText(),
            evidence.Text("additional_evidence", int.MaxValue), ReadInitData(root));
    }

    private static Parts ReadOld(JsonElement root) =>
        new(null, TeePublicKey.Read(root.GetProperty("tee-pubkey")), root.GetProperty("tee-evidence").RawText(), "", null);

    private static string? ReadInitData(JsonElement root)
    {
        if (!root.TryGetProperty("init-data", out JsonElement data) || data.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return data.Text("format") == "toml" ? data.Text("body", int.MaxValue) : throw new FormatException();
    }

    private sealed record Parts(string? Nonce, TeePublicKey? TeeKey, byte[] Evidence, string AdditionalEvidence, string? InitData);
}
