namespace ConfidentialOperator.Protocol.Access;

/// <summary>One who may ask.</summary>
/// <param name="Name">The caller's name; it never leaves the guest.</param>
/// <param name="KeySha256">The SHA-256 of the caller's key.</param>
/// <param name="Models">The models that the caller may use.</param>
/// <param name="MaxInFlight">The most requests of the caller at the same time.</param>
/// <param name="NotAfter">The end of the key's validity.</param>
public sealed record Caller(string Name, ByteString KeySha256, IReadOnlyList<string> Models, int MaxInFlight, DateTimeOffset NotAfter);
