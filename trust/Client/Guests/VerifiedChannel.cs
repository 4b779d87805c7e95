using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.Client.Guests;

/// <summary>The key of a proven guest that requests are sealed to. There is no other way to make one than from the proof.</summary>
internal sealed class VerifiedChannel
{
    private const string Use = "ohttp";
    private const ushort X25519 = 0x0020;
    private const ushort HkdfSha256 = 0x0001;
    private static readonly HpkeAead[] s_preferred = [HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm];

    private VerifiedChannel(VerifiedGuest guest, KeyConfiguration key, HpkeAead aead)
    {
        Guest = guest;
        Key = key;
        Aead = aead;
    }

    public VerifiedGuest Guest { get; }

    public KeyConfiguration Key { get; }

    public HpkeAead Aead { get; }

    /// <summary>Opens the channel with the cipher that is preferred here; the guest's order decides between keys.</summary>
    public static bool TryOpen(VerifiedGuest guest, [NotNullWhen(true)] out VerifiedChannel? channel, [NotNullWhen(false)] out Refusal? refusal)
    {
        SealingKey[] keys = [.. guest.Keyset.SealingKeys.Where(key =>
            key is { Use: Use, Kem: X25519, Kdf: HkdfSha256 } && key.PublicKey.Length == HpkePrivateKey.Size)];
        SealingKey? chosen = s_preferred.Select(aead => keys.FirstOrDefault(key => key.Aead == (ushort)aead)).FirstOrDefault(key => key is not null);
        channel = chosen is null ? null
            : new(guest, new KeyConfiguration(chosen.KeyId, chosen.PublicKey, [(HpkeAead)chosen.Aead]), (HpkeAead)chosen.Aead);
        refusal = channel is not null ? null
            : new(RefusalReason.Unsupported, "The verified keyset has no key for Oblivious HTTP with X25519, HKDF-SHA256 and AES-GCM.");
        return channel is not null;
    }
}
