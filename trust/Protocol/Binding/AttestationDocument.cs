using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Binding;

/// <summary>What a guest answers to a client's nonce: evidence, the keyset that the evidence binds, and collateral.</summary>
public sealed record AttestationDocument
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "confidential-operator.dev/attestation/v1";

    /// <summary>The media type.</summary>
    public const string MediaType = "application/json";

    /// <summary>The most bytes that a document may have.</summary>
    public const int LongestDocument = 8 * 1024 * 1024;

    private const int LongestSection = 4 * 1024 * 1024;
    private const int LongestCollateral = 256 * 1024;
    private const int MostCollateral = 128;

    /// <summary>Gets the kind of TEE.</summary>
    public required TeeKind Tee { get; init; }

    /// <summary>Gets the nonce that the evidence answers, 32 bytes.</summary>
    public required ByteString Nonce { get; init; }

    /// <summary>Gets the CPU's evidence: JSON of Confidential Containers.</summary>
    public required ByteString CpuEvidence { get; init; }

    /// <summary>Gets the bytes of the keyset.</summary>
    public required ByteString Keyset { get; init; }

    /// <summary>Gets the evidence of devices: a JSON list.</summary>
    public required ByteString DeviceEvidence { get; init; }

    /// <summary>Gets certificates and lists.</summary>
    public IReadOnlyList<Collateral> Collateral { get; init; } = [];

    /// <summary>Reads a document.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out AttestationDocument? document, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "attestation document", LongestDocument, Read, out document, out refusal);

    /// <summary>Returns the document's bytes.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject
    {
        ["format"] = Format,
        ["tee"] = Tee.ToWire(),
        ["nonce"] = Nonce.ToString(),
        ["cpu_evidence"] = Convert.ToBase64String(CpuEvidence.Span),
        ["keyset"] = Convert.ToBase64String(Keyset.Span),
        ["device_evidence"] = Convert.ToBase64String(DeviceEvidence.Span),
        ["collateral"] = new JsonArray([.. Collateral.Select(entry =>
            (JsonNode)new JsonObject { ["kind"] = entry.Kind, ["data"] = Convert.ToBase64String(entry.Data.Span) })]),
    });

    private static AttestationDocument Read(StrictObject given)
    {
        given.Literal("format", Format);
        return new AttestationDocument
        {
            Tee = TeeNames.Parse(given.Text("tee", 32)),
            Nonce = given.Hex("nonce", ReportBinding.NonceSize),
            CpuEvidence = new ByteString(given.Base64("cpu_evidence", LongestSection)),
            Keyset = new ByteString(given.Base64("keyset", Binding.Keyset.LongestDocument)),
            DeviceEvidence = new ByteString(given.Base64("device_evidence", LongestSection)),
            Collateral = given.Objects("collateral", MostCollateral,
                entry => new Collateral(entry.Name("kind", 16), new ByteString(entry.Base64("data", LongestCollateral)))),
        };
    }
}
