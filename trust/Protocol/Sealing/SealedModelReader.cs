using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>A folder with a sealed model, whose manifest and key were checked. The key stays the caller's, who disposes of it after the last file.</summary>
public sealed class SealedModelReader
{
    private readonly string _folder;
    private readonly SecretKey _modelKey;

    private SealedModelReader(string folder, ModelManifest manifest, SecretKey modelKey)
    {
        _folder = folder;
        Manifest = manifest;
        _modelKey = modelKey;
    }

    /// <summary>Gets the manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Reads the manifest of a folder, which must have this digest and an owner's signature. No key is needed.</summary>
    public static bool TryReadManifest(string folder, ByteString manifestDigest,
        [NotNullWhen(true)] out ModelManifest? manifest, [NotNullWhen(false)] out Refusal? refusal)
    {
        manifest = null;
        return TryRead(folder, ModelManifest.FileName, ModelManifest.LongestDocument, out byte[]? document, out refusal)
            && TryRead(folder, ModelManifest.EnvelopeFileName, ModelManifest.LongestEnvelope, out byte[]? envelope, out refusal)
            && ModelManifest.TryOpen(document, envelope, manifestDigest, out manifest, out refusal);
    }

    /// <summary>Opens a folder: the manifest must have this digest, and the key must be the one that the model was sealed with.</summary>
    public static bool TryOpen(string folder, ByteString manifestDigest, SecretKey modelKey,
        [NotNullWhen(true)] out SealedModelReader? reader, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(modelKey);
        reader = null;
        if (!TryReadManifest(folder, manifestDigest, out ModelManifest? manifest, out refusal))
        {
            return false;
        }

        if (!manifest.IsKey(modelKey))
        {
            refusal = new(RefusalReason.ModelKeyWrong,
                $"The key does not open version {manifest.Version} of '{manifest.Model}'; the manifest names the key {manifest.KeyId}.");
            return false;
        }

        reader = new SealedModelReader(folder, manifest, modelKey);
        return true;
    }

    /// <summary>Opens one file of the manifest.</summary>
    public bool TryOpenFile(string name, [NotNullWhen(true)] out SealedFileReader? file, [NotNullWhen(false)] out Refusal? refusal)
    {
        file = null;
        if (Manifest.Find(name) is not { } entry)
        {
            refusal = new(RefusalReason.SealedFileMissing, $"The manifest of '{Manifest.Model}' names no file '{name}'.");
            return false;
        }

        return SealedFileReader.TryOpen(Path.Combine(_folder, entry.SealedName), Manifest.Layout(entry), _modelKey, out file, out refusal);
    }

    private static bool TryRead(string folder, string name, int longest, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out Refusal? refusal)
    {
        bytes = null;
        var file = new FileInfo(Path.Combine(folder, name));
        refusal = file switch
        {
            { Exists: false } => new(RefusalReason.SealedFileMissing, $"The folder of the sealed model has no '{name}'."),
            _ when file.Length > longest => new(RefusalReason.TooLarge, $"'{name}' has {file.Length} bytes; the limit is {longest}."),
            _ => null,
        };
        bytes = refusal is null ? File.ReadAllBytes(file.FullName) : null;
        return bytes is not null;
    }
}
