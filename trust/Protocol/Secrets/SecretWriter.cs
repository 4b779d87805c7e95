namespace ConfidentialOperator.Protocol.Secrets;

/// <summary>Fills the whole of a secret's memory.</summary>
public delegate void SecretWriter(Span<byte> destination);
