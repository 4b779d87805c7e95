namespace ConfidentialOperator.Protocol.Binding;

/// <summary>Which model a guest serves.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ManifestSha256">The SHA-256 of its manifest.</param>
/// <param name="Version">Its version.</param>
public sealed record ModelIdentity(string Name, ByteString ManifestSha256, long Version);
