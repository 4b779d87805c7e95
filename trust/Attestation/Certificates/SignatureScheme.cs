namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>How a vendor signs certificates and lists. The verifier names it; nothing of it is chosen by the input.</summary>
internal enum SignatureScheme
{
    /// <summary>RSASSA-PSS with SHA-384, MGF1 with SHA-384, 48 bytes of salt, 4096-bit key (AMD publication 57230).</summary>
    PssSha384 = 1,

    /// <summary>ECDSA P-256 with SHA-256 (Intel).</summary>
    EcdsaP256Sha256 = 2,

    /// <summary>ECDSA P-384 with SHA-384 (AWS, NVIDIA).</summary>
    EcdsaP384Sha384 = 3,
}
