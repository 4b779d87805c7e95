namespace ConfidentialOperator.KeyBroker.Keys;

/// <summary>A value as it rests in the database.</summary>
internal sealed record WrappedValue(byte[] Nonce, byte[] Ciphertext, byte[] Tag);
