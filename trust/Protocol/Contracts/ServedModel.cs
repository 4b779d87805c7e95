namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>The model that a guest serves.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="ManifestDigest">The digest of its manifest: <c>sha256:</c> and lower-case hex.</param>
public sealed record ServedModel(string Name, long Version, string ManifestDigest);
