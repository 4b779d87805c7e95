using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Access;

/// <summary>
/// Who may use a tenant's models, signed by an owner of the model. It comes to the guest from the broker after attestation; neither cluster nor
/// Sidecar can read it. The format is described in <c>docs/protocol/caller-list.md</c>.
/// </summary>
public sealed record CallerList
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "confidential-operator.dev/caller-list/v1";

    /// <summary>The payload type of its envelope.</summary>
    public const string PayloadType = "application/vnd.confidential-operator.caller-list.v1+json";

    /// <summary>The most bytes that a list may have.</summary>
    public const int LongestDocument = 1024 * 1024;

    private const int MostCallers = 4096;
    private const int MostModels = 64;
    private const int MostInFlight = 100_000;

    /// <summary>Gets the tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>Gets the version, which never goes back.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the callers.</summary>
    public required IReadOnlyList<Caller> Callers { get; init; }

    /// <summary>Opens an envelope that one of the owners signed.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> envelope, IReadOnlyList<OwnerPublicKey> owners,
        [NotNullWhen(true)] out CallerList? list, [NotNullWhen(false)] out Refusal? refusal)
    {
        list = null;
        bool opened = DsseEnvelope.TryParse(envelope, out DsseEnvelope? parsed, out refusal)
            && parsed.TryVerify(PayloadType, owners, 1, out VerifiedPayload? payload, out refusal)
            && TryParse(payload.Bytes.Memory, out list, out refusal);
        refusal = opened ? null : new(RefusalReason.CallerListInvalid, $"The caller list is refused: {refusal!.Message}");
        return list is not null;
    }

    /// <summary>Reads a list whose signature is of no interest here.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out CallerList? list, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "caller list", LongestDocument, Read, out list, out refusal);

    /// <summary>Finds a caller by the SHA-256 of a key. Every entry is compared, so the time says nothing about the list.</summary>
    public Caller? Find(ByteString keySha256)
    {
        Caller? found = null;
        foreach (Caller caller in Callers)
        {
            found = caller.KeySha256 == keySha256 ? caller : found;
        }

        return found;
    }

    /// <summary>Returns the document that an owner signs (RFC 8785).</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject
    {
        ["format"] = Format,
        ["tenant"] = Tenant,
        ["version"] = Version,
        ["callers"] = new JsonArray([.. Callers.Select(Write)]),
    });

    /// <summary>Signs the document.</summary>
    public DsseEnvelope Sign(params ReadOnlySpan<OwnerKey> keys) => DsseEnvelope.Sign(PayloadType, ToJson(), keys);

    private static JsonNode Write(Caller caller) => new JsonObject
    {
        ["name"] = caller.Name,
        ["sha256"] = caller.KeySha256.ToString(),
        ["models"] = new JsonArray([.. caller.Models.Select(model => (JsonNode)model)]),
        ["maxInFlight"] = caller.MaxInFlight,
        ["notAfter"] = caller.NotAfter.ToUnixTimeSeconds(),
    };

    private static CallerList Read(StrictObject given)
    {
        given.Literal("format", Format);
        IReadOnlyList<Caller> callers = given.Objects("callers", MostCallers, ReadCaller);
        if (callers.DistinctBy(caller => caller.KeySha256).Count() != callers.Count || callers.DistinctBy(caller => caller.Name).Count() != callers.Count)
        {
            given.Fail("callers", "has a name or a key twice", RefusalReason.DuplicateMember);
        }

        return new CallerList { Tenant = given.Name("tenant"), Version = given.Number("version", 1), Callers = callers };
    }

    private static Caller ReadCaller(StrictObject entry) => new(
        entry.Name("name"),
        entry.Hex("sha256", 32),
        entry.Texts("models", MostModels, 253),
        (int)entry.Number("maxInFlight", 1, MostInFlight),
        entry.Time("notAfter"));
}
