using ConfidentialOperator.Inference.Sealing;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>
/// Puts together what the hardware will sign: the keys in force, the model, and what the Sidecar says of the pod. The bytes stay the same until
/// one of these changes.
/// </summary>
internal sealed class KeysetSource(KeyRing keys, ReceiptKey receiptKey, ModelSlot slot)
{
    private volatile GuestIdentity? _identity;
    private volatile Composed? _composed;

    /// <summary>Takes what the Sidecar says. Nothing of it is trusted: a client compares it with what the hardware reports.</summary>
    public Refusal? Identify(GuestIdentity identity)
    {
        Refusal? refusal = Check(identity);
        if (refusal is null)
        {
            _identity = identity;
        }

        return refusal;
    }

    /// <summary>Gets the keyset; null before model and identity are known.</summary>
    public ByteString? Current()
    {
        GuestIdentity? identity = _identity;
        ServedModel? model = slot.Served;
        if (identity is null || model is null)
        {
            return null;
        }

        KeyGeneration generation = keys.Current;
        Composed? known = _composed;
        if (known is null || known.Generation != generation || known.Identity != identity || known.Model != model)
        {
            known = new Composed(generation, identity, model, new ByteString(Compose(generation, identity, model).ToJson()));
            _composed = known;
        }

        return known.Keyset;
    }

    /// <summary>Gets the keys that clients may seal to, as Oblivious HTTP hands them out.</summary>
    public byte[] Configurations() => KeyConfiguration.EncodeList(keys.Current.Configurations);

    private Keyset Compose(KeyGeneration generation, GuestIdentity identity, ServedModel model) => new()
    {
        NotAfter = generation.NotAfter,
        Replica = identity.Replica,
        Model = new ModelIdentity(model.Name, ByteString.FromHex(model.ManifestDigest["sha256:".Length..]), model.Version),
        PolicySha256 = identity.PolicySha256.Length == 0 ? null : ByteString.FromHex(identity.PolicySha256),
        InitDataSha256 = ByteString.FromHex(identity.InitDataSha256),
        SealingKeys = [.. generation.Configurations.SelectMany(key => key.Aeads.Select(aead =>
            new SealingKey("ohttp", key.KeyId, Hpke.KemId, Hpke.KdfId, (ushort)aead, key.PublicKey)))],
        TlsSpkiSha256 = [.. identity.TlsSpkiSha256.Select(ByteString.FromHex)],
        ReceiptKey = receiptKey.Public,
    };

    private static Refusal? Check(GuestIdentity identity)
    {
        const int longestReplica = 512;
        const int mostCertificates = 64;
        const int digest = 32;
        string? wrong = identity switch
        {
            { Replica.Length: 0 or > longestReplica } => $"'replica' must have 1 to {longestReplica} characters",
            _ when identity.Replica.Any(char.IsControl) => "'replica' must not have control characters",
            _ when !ByteString.TryFromHex(identity.InitDataSha256, digest, out _) => "'initDataSha256' must be 64 hex digits",
            { TlsSpkiSha256.Count: > mostCertificates } => $"'tlsSpkiSha256' must have at most {mostCertificates} entries",
            _ when !identity.TlsSpkiSha256.All(entry => ByteString.TryFromHex(entry, digest, out _)) => "'tlsSpkiSha256' must have entries of 64 hex digits",
            _ when identity.PolicySha256.Length > 0 && !ByteString.TryFromHex(identity.PolicySha256, digest, out _) =>
                "'policySha256' must be empty or 64 hex digits",
            _ => null,
        };
        return wrong is null ? null : new(RefusalReason.Malformed, $"The identity is refused: {wrong}.");
    }

    private sealed record Composed(KeyGeneration Generation, GuestIdentity Identity, ServedModel Model, ByteString Keyset);
}
