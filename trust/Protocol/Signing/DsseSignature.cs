namespace ConfidentialOperator.Protocol.Signing;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">The name of the key that is said to have made it; a hint only.</param>
/// <param name="Value">The signature.</param>
public sealed record DsseSignature(string KeyId, ByteString Value);
