using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>An owner's policy, opened from its DSSE envelope: what the broker itself reads of it. The rules for a TEE are read by its verifier.</summary>
internal sealed class TrustPolicy
{
    public const string PayloadType = "application/vnd.confidential-operator.trust-policy.v1+json";
    private const string Format = "confidential-operator.dev/trust-policy/v1";
    private const int MostSignatures = 16;

    public required string Tenant { get; init; }

    public required string Model { get; init; }

    public required long PolicyVersion { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    public required IReadOnlyList<KbsResourceUri> Resources { get; init; }

    public required IReadOnlyList<string> ManifestDigests { get; init; }

    public required IReadOnlyList<string> InitDataDigests { get; init; }

    /// <summary>Gets the number of approvals that a release needs.</summary>
    public required long ApprovalThreshold { get; init; }

    /// <summary>Gets whether evidence below a development root may satisfy it.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>Gets the rules for each TEE, as the owner wrote them.</summary>
    public required JsonElement Tee { get; init; }

    /// <summary>Gets the SHA-256 of the payload in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Opens an envelope that one of the owners signed.</summary>
    public static bool TryOpen(
        byte[] envelope, IReadOnlyList<OwnerPublicKey> owners, [NotNullWhen(true)] out TrustPolicy? policy, [NotNullWhen(false)] out Refusal? refusal)
    {
        policy = null;
        if (!StrictJson.TryRead(envelope, "policy's envelope", root => Payload(root, owners), out byte[]? payload, out refusal))
        {
            refusal = refusal with { Reason = RefusalReason.PolicyInvalid };
            return false;
        }

        if (payload.Length == 0)
        {
            refusal = new(RefusalReason.PolicySignatureInvalid, "No owner of the tenant signed the policy.");
            return false;
        }

        if (!StrictJson.TryRead(payload, "policy", root => Read(root, payload), out policy, out refusal))
        {
            refusal = refusal with { Reason = RefusalReason.PolicyInvalid };
            return false;
        }

        return true;
    }

    /// <summary>Returns the payload that an owner signed, or nothing.</summary>
    private static byte[] Payload(JsonElement root, IReadOnlyList<OwnerPublicKey> owners)
    {
        root.Only("payloadType", "payload", "signatures");
        string type = root.Text("payloadType");
        byte[] payload = Convert.FromBase64String(root.Text("payload", int.MaxValue));
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ")), .. payload];
        bool valid = type == PayloadType && payload.Length > 0 && root.GetProperty("signatures").EnumerateArray().Take(MostSignatures).Any(signature =>
            owners.Any(owner => owner.KeyId == signature.Text("keyid") && owner.VerifyDsse(signed, Convert.FromBase64String(signature.Text("sig")))));
        return valid ? payload : [];
    }

    private static TrustPolicy Read(JsonElement root, byte[] payload)
    {
        if (root.Text("format") != Format)
        {
            throw new FormatException();
        }

        JsonElement tee = root.GetProperty("tee");
        return new TrustPolicy
        {
            Tenant = root.Text("tenant"),
            Model = root.Text("model"),
            PolicyVersion = root.GetProperty("policyVersion").GetInt64(),
            NotAfter = Time(root.GetProperty("notAfter").GetInt64()),
            Resources = [.. Texts(root, "resources").Select(text => KbsResourceUri.TryParse(text, out KbsResourceUri? uri) ? uri : throw new FormatException())],
            ManifestDigests = Texts(root, "manifestDigests"),
            InitDataDigests = Texts(root, "initDataDigests"),
            ApprovalThreshold = root.GetProperty("approvals").GetProperty("threshold").GetInt64(),
            IsDevelopment = tee.EnumerateObject().Any(kind => kind.Value.TryGetProperty("development", out JsonElement set) && set.GetBoolean()),
            Tee = tee.Clone(),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(payload)),
        };
    }

    private static DateTimeOffset Time(long seconds) => seconds is > 0 and < 253402300800L
        ? DateTimeOffset.FromUnixTimeSeconds(seconds) : throw new FormatException();

    private static IReadOnlyList<string> Texts(JsonElement root, string name) =>
        [.. root.GetProperty(name).EnumerateArray().Select(entry => entry.GetString() ?? throw new FormatException())];
}
