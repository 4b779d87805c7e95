using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>The manifest as JSON. Whatever a number says that follows from others is checked here, so nobody computes with a lie later.</summary>
internal static class ModelManifestJson
{
    private const int DigestSize = 32;
    private const int LongestSpki = 512;
    private const int MostOwners = 16;
    private const int MostFiles = 2048;
    private const long GreatestVersion = (1L << 53) - 1;

    public static ModelManifest? Read(StrictObject given)
    {
        given.Literal("format", ModelManifest.Format);
        string keyId = given.Text("keyId", 512);
        if (!KbsResourceUri.TryParse(keyId, out KbsResourceUri? key))
        {
            given.Fail("keyId", "must be a resource of the key broker, kbs:///TENANT/NAME/TAG");
        }

        int chunkSize = (int)given.Number("chunkSize", SealedFileLayout.SmallestChunk, SealedFileLayout.GreatestChunk);
        string model = given.Name("model");
        long version = given.Number("version", 1, GreatestVersion);
        ByteString keyCheck = given.Hex("keyCheck", DigestSize);
        IReadOnlyList<OwnerPublicKey> owners = ReadOwners(given);
        IReadOnlyList<SealedFileEntry> files = given.Objects("files", MostFiles, entry => ReadFile(entry, chunkSize));
        CheckOrder(given, files);
        return key is null ? null : new ModelManifest
        {
            Model = model,
            Version = version,
            KeyId = key,
            KeyCheck = keyCheck,
            ChunkSize = chunkSize,
            Owners = owners,
            Files = files,
        };
    }

    public static JsonObject Write(ModelManifest manifest) => new()
    {
        ["format"] = ModelManifest.Format,
        ["model"] = manifest.Model,
        ["version"] = manifest.Version,
        ["keyId"] = manifest.KeyId.ToString(),
        ["keyCheck"] = manifest.KeyCheck.ToString(),
        ["chunkSize"] = manifest.ChunkSize,
        ["owners"] = new JsonArray([.. manifest.Owners.Select(owner => (JsonNode)Convert.ToBase64String(owner.Spki))]),
        ["files"] = new JsonArray([.. manifest.Files.Select(Write)]),
    };

    private static JsonNode Write(SealedFileEntry file) => new JsonObject
    {
        ["name"] = file.Name,
        ["size"] = file.Size,
        ["sealedSize"] = file.SealedSize,
        ["sha256"] = file.Sha256.ToString(),
        ["salt"] = file.Salt.ToString(),
        ["chunks"] = file.Chunks,
    };

    private static List<OwnerPublicKey> ReadOwners(StrictObject given)
    {
        IReadOnlyList<string> texts = given.Texts("owners", MostOwners, LongestSpki * 2);
        List<OwnerPublicKey> owners = [];
        foreach (string text in texts)
        {
            byte[] der = new byte[text.Length];
            if (!Convert.TryFromBase64String(text, der, out int length) || Convert.ToBase64String(der.AsSpan(0, length)) != text
                || !OwnerPublicKey.TryFromSpki(der.AsSpan(0, length), out OwnerPublicKey? owner, out _))
            {
                given.Fail($"owners[{owners.Count}]", "must be the Base64 of a SubjectPublicKeyInfo of ECDSA P-256, ECDSA P-384 or Ed25519");
                return [];
            }

            owners.Add(owner);
        }

        if (owners.Count == 0)
        {
            given.Fail("owners", "must name an owner");
        }
        else if (owners.Distinct().Count() != owners.Count)
        {
            given.Fail("owners", "names an owner twice", RefusalReason.DuplicateMember);
        }

        return owners;
    }

    private static SealedFileEntry ReadFile(StrictObject entry, int chunkSize)
    {
        string name = entry.Text("name", SealedFileName.Longest);
        if (!SealedFileName.IsValid(name))
        {
            entry.Fail("name", "must be a relative path of letters, digits and '._-+', without parts that begin with a dot or end in '.sealed'");
        }

        long size = entry.Number("size", 0, SealedFileLayout.GreatestSize(chunkSize));
        ByteString salt = entry.Hex("salt", SealedFileLayout.SaltSize);
        var layout = new SealedFileLayout(ByteString.Empty, name, size, chunkSize, salt);
        Require(entry, "chunks", layout.Chunks);
        Require(entry, "sealedSize", layout.SealedSize);
        return new SealedFileEntry(name, size, layout.SealedSize, entry.Hex("sha256", DigestSize), salt, layout.Chunks);
    }

    private static void Require(StrictObject entry, string name, long value)
    {
        if (entry.Number(name) != value)
        {
            entry.Fail(name, $"must be {value} for a file of this size");
        }
    }

    private static void CheckOrder(StrictObject given, IReadOnlyList<SealedFileEntry> files)
    {
        if (files.Count == 0)
        {
            given.Fail("files", "must name a file");
        }

        for (int at = 1; at < files.Count; at++)
        {
            if (string.CompareOrdinal(files[at - 1].Name, files[at].Name) >= 0)
            {
                given.Fail($"files[{at}].name", "must come after the one before it in the order of their characters, each name once");
            }
        }
    }
}
