namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>
/// Returns the memory that a part of a file is decrypted into: exactly <paramref name="length"/> bytes. It is asked from several threads at once, and again
/// for the same part when everything must be wiped.
/// </summary>
/// <param name="offset">Where the part stands in the file.</param>
/// <param name="length">The bytes of the part.</param>
public delegate Span<byte> SealedDestination(long offset, int length);
