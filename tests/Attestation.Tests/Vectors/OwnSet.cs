using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Guests;

namespace ConfidentialOperator.Attestation.Tests.Vectors;

/// <summary>A small set in the format of the recorded one, made by a test: one report of a software chip.</summary>
internal sealed class OwnSet : IDisposable
{
    public const string Item = "synthetic/software-chip";

    private static readonly byte[] s_report = new SoftwareGuest(Development.Chip, LaunchInputs.Development, Scene.InitData).Report(new byte[64]).ToArray();

    private readonly Dictionary<string, byte[]> _files = new()
    {
        ["report.bin"] = s_report,
        ["vcek.der"] = Development.Chip.CertificateDer,
        ["chain.pem"] = Encoding.ASCII.GetBytes(Development.Pki.ChainPem),
    };

    public string Folder { get; } = Directory.CreateTempSubdirectory("own-set-").FullName;

    public JsonObject Manifest { get; }

    public OwnSet()
    {
        Directory.CreateDirectory(Path.Combine(Folder, Item));
        foreach ((string name, byte[] bytes) in _files)
        {
            File.WriteAllBytes(PathOf(name), bytes);
        }

        Manifest = new JsonObject
        {
            ["schema"] = "attestation-vectors/1",
            ["default_policy"] = new JsonObject { ["snp"] = new JsonObject { ["allow_debug"] = false }, ["sample"] = new JsonObject() },
            ["items"] = new JsonArray(new JsonObject
            {
                ["name"] = Item,
                ["tee"] = "snp",
                ["kind"] = "synthetic",
                ["files"] = new JsonArray([.. _files.Select(file => (JsonNode)new JsonObject
                {
                    ["path"] = $"{Item}/{file.Key}",
                    ["size"] = file.Value.Length,
                    ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(file.Value)),
                })]),
                ["cases"] = new JsonArray(
                    Case("own-root", "accept", "ok", "last certificate of chain.pem"),
                    Case("vendor-root", "reject", "untrusted-root", null),
                    Case("other-guest", "reject", "measurement-mismatch", "last certificate of chain.pem", new JsonObject { ["measurement"] = new string('0', 96) })),
            }),
        };
        Write();
    }

    public JsonObject FirstItem => Manifest["items"]![0]!.AsObject();

    /// <summary>Gets the case that accepts.</summary>
    public JsonObject FirstCase => FirstItem["cases"]![0]!.AsObject();

    public string PathOf(string file) => Path.Combine(Folder, Item, file);

    public void Write() => File.WriteAllText(Path.Combine(Folder, "manifest.json"), Manifest.ToJsonString());

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static JsonObject Case(string id, string verdict, string code, string? trust, JsonObject? policy = null)
    {
        var made = new JsonObject { ["id"] = id, ["at"] = $"{Scene.Noon:yyyy-MM-ddTHH:mm:ssZ}", ["verdict"] = verdict, ["code"] = code, ["reason"] = "made by a test" };
        if (trust is not null)
        {
            made["trust"] = trust;
        }

        if (policy is not null)
        {
            made["policy"] = policy;
        }

        return made;
    }
}
