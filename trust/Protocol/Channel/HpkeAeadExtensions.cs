using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>The constants of RFC 9180 table 5.</summary>
public static class HpkeAeadExtensions
{
    /// <summary>Nn: every AEAD spoken here has nonces of 12 bytes.</summary>
    public const int NonceLength = 12;

    /// <summary>Nt: every AEAD spoken here has tags of 16 bytes.</summary>
    public const int TagLength = 16;

    /// <summary>Returns Nk.</summary>
    public static int KeyLength(this HpkeAead aead) => aead == HpkeAead.Aes128Gcm ? 16 : 32;

    /// <summary>Says whether this platform can use the AEAD.</summary>
    public static bool IsSupported(this HpkeAead aead) => aead switch
    {
        HpkeAead.Aes128Gcm or HpkeAead.Aes256Gcm => AesGcm.IsSupported,
        HpkeAead.ChaCha20Poly1305 => ChaCha20Poly1305.IsSupported,
        _ => false,
    };
}
