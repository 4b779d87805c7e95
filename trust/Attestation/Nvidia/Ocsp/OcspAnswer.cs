using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nvidia.Ocsp;

/// <summary>What a responder says about one certificate.</summary>
internal sealed record OcspAnswer(OcspStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate)
{
    /// <summary>Gets the hash algorithm of the two digests, by object identifier.</summary>
    public string HashOid { get; init; } = "";

    public ByteString IssuerNameHash { get; init; } = ByteString.Empty;

    public ByteString IssuerKeyHash { get; init; } = ByteString.Empty;

    public ByteString Serial { get; init; } = ByteString.Empty;
}
