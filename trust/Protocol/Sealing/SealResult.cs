using System.Diagnostics.CodeAnalysis;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>What sealing gave: a manifest and its digest, or the refusal that stands in their place.</summary>
public sealed class SealResult
{
    private SealResult(ModelManifest? manifest, ByteString? digest, Refusal? refusal)
    {
        Manifest = manifest;
        ManifestDigest = digest;
        Refusal = refusal;
    }

    /// <summary>Gets the manifest.</summary>
    public ModelManifest? Manifest { get; }

    /// <summary>Gets the SHA-256 of the manifest's file.</summary>
    public ByteString? ManifestDigest { get; }

    /// <summary>Gets why nothing was sealed.</summary>
    public Refusal? Refusal { get; }

    /// <summary>Gets whether the folder was written.</summary>
    [MemberNotNullWhen(true, nameof(Manifest), nameof(ManifestDigest))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Accepted => Refusal is null;

    internal static SealResult Of(ModelManifest manifest, ByteString digest) => new(manifest, digest, null);

    internal static SealResult Refused(Refusal refusal) => new(null, null, refusal);
}
