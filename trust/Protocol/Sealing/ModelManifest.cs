using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>
/// The identity of a sealed model: what it is, who owns it, and every file of it. Its SHA-256 is the <c>manifestDigest</c> that is measured at launch and
/// that the owner's policy names. The format is described in <c>docs/protocol/sealed-model.md</c>.
/// </summary>
public sealed record ModelManifest
{
    /// <summary>The value of the member <c>format</c>.</summary>
    public const string Format = "confidential-operator.dev/sealed-model/v1";

    /// <summary>The payload type of its envelope.</summary>
    public const string PayloadType = "application/vnd.confidential-operator.sealed-model.v1+json";

    /// <summary>The name of the manifest's file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The name of the file with the envelope around the manifest.</summary>
    public const string EnvelopeFileName = "manifest.dsse.json";

    /// <summary>The most bytes that a manifest may have.</summary>
    public const int LongestDocument = 1024 * 1024;

    /// <summary>The most bytes that its envelope may have.</summary>
    public const int LongestEnvelope = 2 * 1024 * 1024;

    private readonly Lazy<ByteString> _id;

    /// <summary>Makes an empty manifest; its members are required.</summary>
    public ModelManifest() => _id = new(ComputeId);

    private ModelManifest(ModelManifest original)
    {
        (Model, Version, KeyId, KeyCheck) = (original.Model, original.Version, original.KeyId, original.KeyCheck);
        (ChunkSize, Owners, Files) = (original.ChunkSize, original.Owners, original.Files);
        _id = new(ComputeId);
    }

    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the model's version, which never goes back.</summary>
    public required long Version { get; init; }

    /// <summary>Gets the name of the model key at the key broker.</summary>
    public required KbsResourceUri KeyId { get; init; }

    /// <summary>Gets a value that only the right model key gives (<see cref="IsKey"/>); it says nothing about the key.</summary>
    public required ByteString KeyCheck { get; init; }

    /// <summary>Gets the bytes of a chunk.</summary>
    public required int ChunkSize { get; init; }

    /// <summary>Gets the keys whose holders may sign this manifest and the lists of callers.</summary>
    public required IReadOnlyList<OwnerPublicKey> Owners { get; init; }

    /// <summary>Gets the files, sorted by name.</summary>
    public required IReadOnlyList<SealedFileEntry> Files { get; init; }

    /// <summary>
    /// Gets what binds every sealed file to this model: the SHA-256 of model, version, key and chunk size. The files are not part of it, since their
    /// hashes depend on it; they are bound by their names and salts.
    /// </summary>
    public ByteString Id => _id.Value;

    /// <summary>Reads a manifest whose digest and signature were checked elsewhere.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out ModelManifest? manifest, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "manifest", LongestDocument, ModelManifestJson.Read, out manifest, out refusal);

    /// <summary>Reads a manifest that must have this digest, with an envelope around the same bytes that one of its owners signed.</summary>
    public static bool TryOpen(ReadOnlyMemory<byte> utf8, ReadOnlyMemory<byte> envelope, ByteString digest,
        [NotNullWhen(true)] out ModelManifest? manifest, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(digest);
        manifest = null;
        if (utf8.Length > LongestDocument)
        {
            refusal = new(RefusalReason.TooLarge, $"The manifest has {utf8.Length} bytes; the limit is {LongestDocument}.");
            return false;
        }

        ByteString found = ByteString.Sha256(utf8.Span);
        if (found != digest)
        {
            refusal = new(RefusalReason.ManifestDigestMismatch, $"The manifest has the digest sha256:{found}; sha256:{digest} was expected.");
            return false;
        }

        if (!TryParse(utf8, out ModelManifest? parsed, out refusal) || !IsSigned(parsed, utf8.Span, envelope, out refusal))
        {
            return false;
        }

        manifest = parsed;
        return true;
    }

    /// <summary>Returns whether this is the key that the model was sealed with.</summary>
    public bool IsKey(SecretKey modelKey)
    {
        ArgumentNullException.ThrowIfNull(modelKey);
        return modelKey.Length == SealedFileCipher.KeySize && SealedFileCipher.KeyCheck(modelKey, Id) == KeyCheck;
    }

    /// <summary>Finds a file.</summary>
    public SealedFileEntry? Find(string name) => Files.FirstOrDefault(file => file.Name == name);

    /// <summary>Returns the document (RFC 8785).</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(ModelManifestJson.Write(this));

    /// <summary>Signs the document.</summary>
    public DsseEnvelope Sign(params ReadOnlySpan<OwnerKey> keys) => DsseEnvelope.Sign(PayloadType, ToJson(), keys);

    internal SealedFileLayout Layout(SealedFileEntry file) => new(Id, file.Name, file.Size, ChunkSize, file.Salt);

    private static bool IsSigned(ModelManifest manifest, ReadOnlySpan<byte> utf8, ReadOnlyMemory<byte> envelope, [NotNullWhen(false)] out Refusal? refusal)
    {
        if (!DsseEnvelope.TryParse(envelope, out DsseEnvelope? parsed, out Refusal? fault)
            || !parsed.TryVerify(PayloadType, manifest.Owners, 1, out VerifiedPayload? payload, out fault))
        {
            refusal = new(RefusalReason.ManifestSignatureInvalid, $"The manifest's signature is refused: {fault.Message}");
            return false;
        }

        refusal = payload.Bytes.Equals(utf8) ? null
            : new(RefusalReason.ManifestSignatureInvalid, $"'{EnvelopeFileName}' signs another manifest than the one in '{FileName}'.");
        return refusal is null;
    }

    private ByteString ComputeId()
    {
        byte[] identity = CanonicalJson.Serialize(new JsonObject
        {
            ["chunkSize"] = ChunkSize,
            ["format"] = Format,
            ["keyId"] = KeyId.ToString(),
            ["model"] = Model,
            ["version"] = Version,
        });
        return new ByteString(SHA256.HashData([.. Encoding.UTF8.GetBytes("confidential-operator.dev/seal-manifest-id/v1\0"), .. identity]));
    }
}
