using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Binding;

/// <summary>The public keys of one guest and what it serves. Its bytes are bound into report data; nothing in it is true before that was checked.</summary>
public sealed record Keyset
{
    /// <summary>The value of the member <c>purpose</c>.</summary>
    public const string Purpose = "confidential-operator.dev/keyset/v1";

    /// <summary>The most bytes that a keyset may have.</summary>
    public const int LongestDocument = 64 * 1024;

    private const int MostKeys = 64;
    private const int LongestKey = 2048;

    /// <summary>Gets the end of the keys' use.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Gets the name of the replica: pod and uid.</summary>
    public required string Replica { get; init; }

    /// <summary>Gets the model.</summary>
    public required ModelIdentity Model { get; init; }

    /// <summary>Gets the SHA-256 of the trust policy under which the key was released; null when it is not known.</summary>
    public ByteString? PolicySha256 { get; init; }

    /// <summary>Gets the SHA-256 of the initdata that the guest says it was started with; the report says which it really was.</summary>
    public required ByteString InitDataSha256 { get; init; }

    /// <summary>Gets the keys that requests may be sealed to, best first.</summary>
    public required IReadOnlyList<SealingKey> SealingKeys { get; init; }

    /// <summary>Gets the SHA-256 of the public keys of the guest's TLS certificates.</summary>
    public IReadOnlyList<ByteString> TlsSpkiSha256 { get; init; } = [];

    /// <summary>Gets the public key of receipts (SubjectPublicKeyInfo).</summary>
    public ByteString ReceiptKey { get; init; } = ByteString.Empty;

    /// <summary>Reads a keyset.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out Keyset? keyset, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "keyset", LongestDocument, Read, out keyset, out refusal);

    /// <summary>Returns the keyset's bytes (RFC 8785).</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject
    {
        ["purpose"] = Purpose,
        ["not_after"] = NotAfter.ToUnixTimeSeconds(),
        ["replica"] = Replica,
        ["model"] = new JsonObject { ["name"] = Model.Name, ["manifest_sha256"] = Model.ManifestSha256.ToString(), ["version"] = Model.Version },
        ["policy_sha256"] = PolicySha256?.ToString() ?? "",
        ["initdata_sha256"] = InitDataSha256.ToString(),
        ["e2ee"] = new JsonArray([.. SealingKeys.Select(Write)]),
        ["tls_spki_sha256"] = new JsonArray([.. TlsSpkiSha256.Select(digest => (JsonNode)digest.ToString())]),
        ["receipt_key"] = Convert.ToBase64String(ReceiptKey.Span),
    });

    private static JsonNode Write(SealingKey key) => new JsonObject
    {
        ["use"] = key.Use,
        ["kid"] = key.KeyId,
        ["kem"] = key.Kem,
        ["kdf"] = key.Kdf,
        ["aead"] = key.Aead,
        ["pub"] = key.PublicKey.ToString(),
    };

    private static Keyset Read(StrictObject given)
    {
        given.Literal("purpose", Purpose);
        StrictObject model = given.Child("model");
        return new Keyset
        {
            NotAfter = given.Time("not_after"),
            Replica = ReadReplica(given),
            Model = new ModelIdentity(model.Name("name"), model.Hex("manifest_sha256", 32), model.Number("version")),
            PolicySha256 = given.Text("policy_sha256", 64).Length == 0 ? null : given.Hex("policy_sha256", 32),
            InitDataSha256 = given.Hex("initdata_sha256", 32),
            SealingKeys = given.Objects("e2ee", MostKeys, ReadKey),
            TlsSpkiSha256 = given.HexTexts("tls_spki_sha256", MostKeys, 32),
            ReceiptKey = new ByteString(given.Base64("receipt_key", LongestKey)),
        };
    }

    private static string ReadReplica(StrictObject given)
    {
        string replica = given.Text("replica", 512);
        if (replica.Any(char.IsControl))
        {
            // It is shown on terminals and in logs, and the hardware vouches for whatever it is.
            given.Fail("replica", "must not have control characters");
        }

        return replica;
    }

    private static SealingKey ReadKey(StrictObject key)
    {
        if (!ByteString.TryFromHex(key.Text("pub", 2 * LongestKey), out ByteString? publicKey) || publicKey.Length == 0)
        {
            key.Fail("pub", "must be a public key in hex");
            publicKey = ByteString.Empty;
        }

        return new SealingKey(key.Name("use", 16), (byte)key.Number("kid", 0, byte.MaxValue), Identifier(key, "kem"), Identifier(key, "kdf"),
            Identifier(key, "aead"), publicKey);
    }

    private static ushort Identifier(StrictObject key, string name) => (ushort)key.Number(name, 0, ushort.MaxValue);
}
