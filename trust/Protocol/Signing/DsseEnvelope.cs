using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Signing;

/// <summary>
/// A signed payload: DSSE v1 of the secure-systems-lab specification. What is signed is PAE(type, payload), so a signature for one type of
/// document is never one for another.
/// </summary>
public sealed record DsseEnvelope
{
    private const int LongestPayload = 1024 * 1024;
    private const int LongestSignature = 1024;
    private const int MostSignatures = 16;

    /// <summary>Gets the media type of the payload.</summary>
    public required string PayloadType { get; init; }

    /// <summary>Gets the payload; it proves nothing until <see cref="TryVerify"/> returns it.</summary>
    public required ByteString Payload { get; init; }

    /// <summary>Gets the signatures.</summary>
    public required IReadOnlyList<DsseSignature> Signatures { get; init; }

    /// <summary>Signs a payload with each of the keys.</summary>
    public static DsseEnvelope Sign(string payloadType, ReadOnlySpan<byte> payload, params ReadOnlySpan<OwnerKey> keys)
    {
        byte[] encoded = PreAuthentication(payloadType, payload);
        var signatures = new List<DsseSignature>();
        foreach (OwnerKey key in keys)
        {
            signatures.Add(new(key.PublicKey.KeyId, new ByteString(key.Sign(encoded))));
        }

        return new DsseEnvelope { PayloadType = payloadType, Payload = new ByteString(payload), Signatures = signatures };
    }

    /// <summary>Adds a signature over the same payload: for an owner with several keys in several places.</summary>
    public DsseEnvelope AddSignature(OwnerKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] signature = key.Sign(PreAuthentication(PayloadType, Payload.Span));
        return this with { Signatures = [.. Signatures, new DsseSignature(key.PublicKey.KeyId, new ByteString(signature))] };
    }

    /// <summary>Reads an envelope; nothing is verified yet.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out DsseEnvelope? envelope, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "envelope", 2 * LongestPayload, Read, out envelope, out refusal);

    /// <summary>Returns the payload when it is of this type and enough different keys of the list signed it.</summary>
    public bool TryVerify(string payloadType, IReadOnlyList<OwnerPublicKey> keys, int threshold,
        [NotNullWhen(true)] out VerifiedPayload? verified, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        verified = null;
        if (PayloadType != payloadType)
        {
            refusal = new(RefusalReason.Malformed, $"The envelope carries '{Reading.Shown(PayloadType)}'; '{payloadType}' was expected.");
            return false;
        }

        byte[] encoded = PreAuthentication(PayloadType, Payload.Span);
        OwnerPublicKey[] signers = [.. keys.Distinct().Where(key =>
            Signatures.Any(signature => signature.KeyId == key.KeyId && key.Verify(encoded, signature.Value.Span)))];
        refusal = signers.Length >= threshold ? null : new(RefusalReason.SignatureInvalid,
            $"The envelope has valid signatures of {signers.Length} known keys; {threshold} of {keys.Count} are needed.");
        verified = refusal is null ? new VerifiedPayload(Payload, signers) : null;
        return verified is not null;
    }

    /// <summary>Returns the envelope as JSON.</summary>
    public byte[] ToJson()
    {
        var signatures = new JsonArray();
        foreach (DsseSignature signature in Signatures)
        {
            signatures.Add((JsonNode)new JsonObject { ["keyid"] = signature.KeyId, ["sig"] = Convert.ToBase64String(signature.Value.Span) });
        }

        return CanonicalJson.Serialize(new JsonObject
        {
            ["payloadType"] = PayloadType,
            ["payload"] = Convert.ToBase64String(Payload.Span),
            ["signatures"] = signatures,
        });
    }

    /// <summary>PAE: what is signed.</summary>
    public static byte[] PreAuthentication(string payloadType, ReadOnlySpan<byte> payload)
    {
        string head = string.Create(CultureInfo.InvariantCulture,
            $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }

    private static DsseEnvelope Read(StrictObject given) => new()
    {
        PayloadType = given.Text("payloadType", 256),
        Payload = new ByteString(given.Base64("payload", LongestPayload)),
        Signatures = given.Objects("signatures", MostSignatures,
            entry => new DsseSignature(entry.Text("keyid", 128), new ByteString(entry.Base64("sig", LongestSignature)))),
    };
}
