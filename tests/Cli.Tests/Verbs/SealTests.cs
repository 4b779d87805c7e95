using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Sealing;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class SealTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_model_is_sealed_and_its_digest_printed()
    {
        await KeysAsync();
        Cfm run = (await SealAsync("model.key")).Expect(0);
        byte[] manifest = File.ReadAllBytes(_folder["sealed/manifest.json"]);
        Assert.Equal($"sha256:{ByteString.Sha256(manifest)}", run.Json["manifestDigest"]!.GetValue<string>());
        Assert.True(ModelManifest.TryOpen(manifest, File.ReadAllBytes(_folder["sealed/manifest.dsse.json"]), ByteString.Sha256(manifest),
            out ModelManifest? opened, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(("wdbc", 3L), (opened.Model, opened.Version));
        byte[] plain = File.ReadAllBytes(Repository.Path("tests/Models/Wdbc/wdbc.onnx"));
        byte[] ciphertext = File.ReadAllBytes(_folder["sealed/wdbc.onnx.sealed"]);
        Assert.Equal(-1, ciphertext.AsSpan().IndexOf(plain.AsSpan(0, 32)));
        Assert.False(File.Exists(_folder["sealed/wdbc.onnx"]));
    }

    [Fact]
    public async Task A_policy_is_made_for_the_sealed_model_and_no_other()
    {
        await KeysAsync();
        string digest = (await SealAsync("model.key")).Expect(0).Json["manifestDigest"]!.GetValue<string>();
        string example = File.ReadAllText(Repository.Path("crds/examples/snp.yaml"));
        _folder.Write("other.yaml", example);
        _folder.Write("model.yaml", System.Text.RegularExpressions.Regex.Replace(example, "manifestDigest: sha256:[0-9a-f]{64}", $"manifestDigest: {digest}"));
        Cfm made = (await PolicyAsync("model.yaml")).Expect(0);
        Assert.Equal(3, made.Json["policy"]!["minimumModelVersion"]!.GetValue<int>());
        Assert.Equal(digest, made.Json["policy"]!["manifestDigests"]![0]!.GetValue<string>());
        Assert.StartsWith("error: ManifestDigestMismatch: ", (await PolicyAsync("other.yaml")).Expect(10).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_left_alone()
    {
        await KeysAsync();
        _folder.Write("sealed/other", "x");
        Assert.StartsWith("error: NameTaken: ", (await SealAsync("model.key")).Expect(10).Error, StringComparison.Ordinal);
        Assert.Equal(["other"], Directory.GetFiles(_folder["sealed"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("too short")]
    [InlineData("thirty-three bytes are one too many")]
    public async Task A_model_key_of_another_length_is_refused(string key)
    {
        await KeysAsync();
        _folder.Write("wrong.key", key);
        (await SealAsync("wrong.key")).Expect(30);
        Assert.False(Directory.Exists(_folder["sealed"]));
    }

    [Fact]
    public async Task A_key_id_that_is_no_resource_is_refused()
    {
        await KeysAsync();
        (await SealAsync("model.key", "https://example.test/key")).Expect(30);
    }

    public void Dispose() => _folder.Dispose();

    private Task<Cfm> PolicyAsync(string resource) => Cfm.RunAsync("policy", "create", "-f", _folder[resource], "--sealed", _folder["sealed"], "--policy-version", "1",
        "--valid-days", "9", "--out", _folder["policy.json"], "--measurement", new string('a', 96), "--waive", "minimumTcb=x", "--waive", "chips=x",
        "--waive", "idKeyDigests=x", "--waive", "authorKeyDigests=x", "--waive", "guestPolicy=x", "--waive", "revocation=x", "-o", "json");

    private async Task KeysAsync() =>
        (await Cfm.RunAsync("keygen", "--owner-key", _folder["owner.pem"], "--model-key", _folder["model.key"])).Expect(0);

    private Task<Cfm> SealAsync(string key, string keyId = "kbs:///clinic/wdbc/v3")
    {
        Directory.CreateDirectory(_folder["model"]);
        File.Copy(Repository.Path("tests/Models/Wdbc/wdbc.onnx"), _folder["model/wdbc.onnx"]);
        return Cfm.RunAsync("seal", _folder["model"], "--out", _folder["sealed"], "--name", "wdbc", "--version", "3", "--owner-key", _folder["owner.pem"],
            "--model-key", _folder[key], "--key-id", keyId, "-o", "json");
    }
}
