using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Sealing;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Sealing;

/// <summary>The manifest that the hardware measured, as soon as the Sidecar has fetched it. It needs no key.</summary>
internal sealed class ManifestSource(IOptions<RuntimeOptions> options)
{
    private volatile ModelManifest? _known;

    /// <summary>Gets the pinned digest.</summary>
    public ByteString Digest { get; } = ByteString.FromHex(options.Value.Model.ManifestDigest["sha256:".Length..]);

    /// <summary>Gets the folder of the sealed model.</summary>
    public string Folder => options.Value.ModelDirectory;

    /// <summary>Reads the manifest; once read it cannot change, since its digest is pinned.</summary>
    public bool TryRead([NotNullWhen(true)] out ModelManifest? manifest, [NotNullWhen(false)] out Refusal? refusal)
    {
        manifest = _known;
        refusal = null;
        if (manifest is null && SealedModelReader.TryReadManifest(Folder, Digest, out manifest, out refusal))
        {
            _known = manifest;
        }

        return manifest is not null;
    }
}
