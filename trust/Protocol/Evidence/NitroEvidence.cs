using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>
/// The attestation document of a Nitro enclave in JSON. Confidential Containers has no form for it; this is the product's, with the document as the Nitro
/// Security Module gave it. What the evidence is bound to (the 64 bytes that other TEEs call report data) stands in the document's <c>user_data</c>.
/// </summary>
public sealed record NitroEvidence
{
    /// <summary>The most bytes of a document.</summary>
    public const int LongestDocument = 16 * 1024;

    private const int LongestJson = 32 * 1024;
    private const string DocumentMember = "attestation_document";

    /// <summary>Gets the document: a COSE_Sign1 structure.</summary>
    public required ByteString Document { get; init; }

    /// <summary>Reads evidence.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out NitroEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "Nitro evidence", LongestJson, Read, out evidence, out refusal);

    /// <summary>Returns the JSON.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject { [DocumentMember] = Convert.ToBase64String(Document.Span) });

    private static NitroEvidence Read(StrictObject given) => new() { Document = new ByteString(given.Base64(DocumentMember, LongestDocument)) };
}
