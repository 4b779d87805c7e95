using System.Security.Cryptography;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>ECDSA P-384 over a SHA-384 digest, with r and s as 48 bytes each, big-endian, under the key of a certificate.</summary>
internal static class P384Signature
{
    /// <summary>The bytes of a signature.</summary>
    public const int Size = 96;

    /// <summary>Returns whether the certificate's key made the signature.</summary>
    public static bool Verify(Certificate signer, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        using ECDsa? key = signature.Length == Size ? EcdsaKey.Load(signer, 384) : null;
        return key is not null && key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}
