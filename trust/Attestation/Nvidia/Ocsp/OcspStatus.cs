namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>What a responder says about a certificate (RFC 6960, 2.2).</summary>
internal enum OcspStatus
{
    Unknown = 0,
    Good = 1,
    Revoked = 2,

    /// <summary>Revoked with the reason certificateHold: it may come back.</summary>
    OnHold = 3,
}
