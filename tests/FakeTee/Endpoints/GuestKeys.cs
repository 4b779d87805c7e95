using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;

namespace ConfidentialOperator.FakeTee.Endpoints;

/// <summary>One generation of a guest's keys: the private half and the keyset that names the public one.</summary>
public sealed class GuestKeys
{
    private const ushort X25519 = 0x0020;
    private const ushort HkdfSha256 = 0x0001;

    /// <summary>Makes a new pair.</summary>
    public GuestKeys(byte keyId, Keyset template, DateTimeOffset notAfter)
    {
        ArgumentNullException.ThrowIfNull(template);
        Configuration = new KeyConfiguration(keyId, Private.PublicKey, [HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm]);
        Keyset = template with
        {
            NotAfter = notAfter,
            SealingKeys = [.. Configuration.Aeads.Select(aead => new SealingKey("ohttp", keyId, X25519, HkdfSha256, (ushort)aead, Private.PublicKey))],
        };
        KeysetBytes = new ByteString(Keyset.ToJson());
        KeysetSha256 = ByteString.Sha256(KeysetBytes.Span);
    }

    /// <summary>Gets the private half.</summary>
    public HpkePrivateKey Private { get; } = HpkePrivateKey.Generate();

    /// <summary>Gets the configuration that the gateway shows.</summary>
    public KeyConfiguration Configuration { get; }

    /// <summary>Gets the keyset.</summary>
    public Keyset Keyset { get; }

    /// <summary>Gets its bytes.</summary>
    public ByteString KeysetBytes { get; }

    /// <summary>Gets their digest.</summary>
    public ByteString KeysetSha256 { get; }
}
