namespace ConfidentialOperator.Protocol.Signing;

/// <summary>The kinds of key that an owner may sign with.</summary>
public enum OwnerKeyAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256.</summary>
    EcdsaP256 = 1,

    /// <summary>ECDSA on P-384 with SHA-384.</summary>
    EcdsaP384 = 2,

    /// <summary>Ed25519.</summary>
    Ed25519 = 3,
}
