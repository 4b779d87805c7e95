using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>
/// The manifest of a sealed model in a registry: an OCI image manifest (1.1, "guidelines for artifact usage") with an empty configuration and a layer per
/// file of the sealed folder. It says where the files are, and nothing that is believed: the model's own signed manifest decides what they must be.
/// </summary>
public sealed record OciManifest
{
    /// <summary>The media type of manifests.</summary>
    public const string MediaType = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>The artifact type of sealed models.</summary>
    public const string SealedModel = "application/vnd.confidential-operator.sealed-model.v1";

    /// <summary>The media type of a file of a sealed model.</summary>
    public const string SealedFile = "application/vnd.confidential-operator.sealed-file.v1";

    /// <summary>The most bytes that a manifest may have: the limit that registries are asked to support.</summary>
    public const int LongestDocument = 4 * 1024 * 1024;

    private const int MostFiles = 4096;
    private const string EmptyType = "application/vnd.oci.empty.v1+json";

    /// <summary>Gets the empty configuration's bytes.</summary>
    public static ReadOnlyMemory<byte> EmptyConfiguration { get; } = "{}"u8.ToArray();

    /// <summary>Gets the files.</summary>
    public required IReadOnlyList<OciDescriptor> Files { get; init; }

    /// <summary>Reads the manifest of a sealed model.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out OciManifest? manifest, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "registry manifest", LongestDocument, Read, out manifest, out refusal);

    /// <summary>Returns the file of this name; null when there is none.</summary>
    public OciDescriptor? Find(string title) => Files.FirstOrDefault(file => file.Title == title);

    /// <summary>Returns the document (RFC 8785), the same bytes for the same files.</summary>
    public byte[] ToJson() => CanonicalJson.Serialize(new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = MediaType,
        ["artifactType"] = SealedModel,
        ["config"] = Write(new OciDescriptor(EmptyType, ByteString.Sha256(EmptyConfiguration.Span), EmptyConfiguration.Length, "")),
        ["layers"] = new JsonArray([.. Files.Select(Write)]),
    });

    private static OciManifest Read(StrictObject given)
    {
        given.IgnoreUnknown();
        if (given.Number("schemaVersion") != 2)
        {
            given.Fail("schemaVersion", "must be 2", RefusalReason.Unsupported);
        }

        if (given.Has("mediaType"))
        {
            given.Literal("mediaType", MediaType);
        }

        given.Literal("artifactType", SealedModel);
        IReadOnlyList<OciDescriptor> files = given.Objects("layers", MostFiles, ReadDescriptor);
        var titles = new HashSet<string>(StringComparer.Ordinal);
        int twice = files.ToList().FindIndex(file => !titles.Add(file.Title));
        if (twice >= 0)
        {
            given.Fail($"layers[{twice}]", "has the name of another file", RefusalReason.DuplicateMember);
        }

        return new OciManifest { Files = files };
    }

    private static OciDescriptor ReadDescriptor(StrictObject given)
    {
        const string Prefix = "sha256:";
        string digest = given.IgnoreUnknown().Text("digest", 128);
        if (!digest.StartsWith(Prefix, StringComparison.Ordinal) || !ByteString.TryFromHex(digest[Prefix.Length..], 32, out ByteString? sha256)
            || digest != Prefix + sha256)
        {
            given.Fail("digest", "must be sha256: and 64 digits of lower-case hex", RefusalReason.Unsupported);
            sha256 = ByteString.Empty;
        }

        string title = given.Has("annotations") ? given.Child("annotations").IgnoreUnknown().Text(OciDescriptor.TitleAnnotation) : "";
        return new OciDescriptor(given.Text("mediaType", 255), sha256, given.Number("size"), title);
    }

    private static JsonNode Write(OciDescriptor file)
    {
        var descriptor = new JsonObject { ["mediaType"] = file.MediaType, ["digest"] = $"sha256:{file.Digest}", ["size"] = file.Size };
        if (file.Title.Length > 0)
        {
            descriptor["annotations"] = new JsonObject { [OciDescriptor.TitleAnnotation] = file.Title };
        }

        return descriptor;
    }
}
