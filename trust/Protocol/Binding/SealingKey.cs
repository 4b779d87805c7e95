namespace ConfidentialOperator.Protocol.Binding;

/// <summary>A public key that requests may be sealed to, with the one set of algorithms that goes with this entry (RFC 9180 identifiers).</summary>
/// <param name="Use">The transport: <c>ohttp</c> or <c>ehbp</c>.</param>
/// <param name="KeyId">The one-byte key id of Oblivious HTTP.</param>
/// <param name="Kem">The key encapsulation mechanism.</param>
/// <param name="Kdf">The key derivation function.</param>
/// <param name="Aead">The cipher.</param>
/// <param name="PublicKey">The public key.</param>
public sealed record SealingKey(string Use, byte KeyId, ushort Kem, ushort Kdf, ushort Aead, ByteString PublicKey);
