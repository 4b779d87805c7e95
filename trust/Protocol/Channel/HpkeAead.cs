namespace ConfidentialOperator.Protocol.Channel;

/// <summary>The AEADs of RFC 9180 section 7.3 that are spoken here; KEM and KDF are always X25519 and HKDF-SHA256.</summary>
public enum HpkeAead
{
    /// <summary>AES-128-GCM: what every other implementation of Oblivious HTTP speaks.</summary>
    Aes128Gcm = 1,
    /// <summary>AES-256-GCM: what our own clients choose.</summary>
    Aes256Gcm = 2,
    /// <summary>ChaCha20-Poly1305, where the platform has it.</summary>
    ChaCha20Poly1305 = 3,
}
