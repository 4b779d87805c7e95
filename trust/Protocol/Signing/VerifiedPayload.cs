namespace ConfidentialOperator.Protocol.Signing;

/// <summary>The payload of an envelope that enough known keys signed. Only <see cref="DsseEnvelope.TryVerify"/> makes one.</summary>
public sealed class VerifiedPayload
{
    internal VerifiedPayload(ByteString bytes, IReadOnlyList<OwnerPublicKey> signers)
    {
        Bytes = bytes;
        Signers = signers;
        Sha256 = ByteString.Sha256(bytes.Span);
    }

    /// <summary>Gets the bytes that were signed.</summary>
    public ByteString Bytes { get; }

    /// <summary>Gets their SHA-256.</summary>
    public ByteString Sha256 { get; }

    /// <summary>Gets the known keys whose signature verified, each once.</summary>
    public IReadOnlyList<OwnerPublicKey> Signers { get; }
}
