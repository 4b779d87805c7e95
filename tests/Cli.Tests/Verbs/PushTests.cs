using System.Text;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Registry;
using ConfidentialOperator.Registry;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class PushTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TestRegistry _registry = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await TestRegistry.StartAsync(TestContext.Current.CancellationToken);
        (await Cfm.RunAsync("keygen", "--owner-key", _folder["owner.pem"], "--model-key", _folder["model.key"])).Expect(0);
        Directory.CreateDirectory(_folder["model"]);
        File.Copy(Repository.Path("tests/Models/Wdbc/wdbc.onnx"), _folder["model/wdbc.onnx"]);
        (await Cfm.RunAsync("seal", _folder["model"], "--out", _folder["sealed"], "--name", "wdbc", "--version", "3", "--owner-key", _folder["owner.pem"],
            "--model-key", _folder["model.key"], "--key-id", "kbs:///clinic/wdbc/v3")).Expect(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_pushed_is_found_by_the_address_that_is_printed()
    {
        Cfm run = (await PushAsync()).Expect(0);
        string uri = run.Json["uri"]!.GetValue<string>();
        Assert.True(OciReference.TryParse(uri, out OciReference? reference, out _));
        Assert.Equal($"sha256:{reference.Digest}", run.Json["digest"]!.GetValue<string>());
        Assert.Equal((3, 3), (run.Json["files"]!.GetValue<int>(), run.Json["sent"]!.GetValue<int>()));
        using HttpMessageInvoker http = new(new SocketsHttpHandler());
        RegistryReader reader = new(http, reference, RegistryCredentials.None);
        Outcome<OciManifest> manifest = await reader.ReadManifestAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["manifest.json", "manifest.dsse.json", "wdbc.onnx.sealed"], manifest.Value!.Files.Select(file => file.Title));
        Assert.All(manifest.Value.Files, file => Assert.Equal(ByteString.Sha256(File.ReadAllBytes(_folder["sealed/" + file.Title])), file.Digest));
    }

    [Fact]
    public async Task The_same_model_is_the_same_artifact_and_is_not_sent_again()
    {
        Cfm first = (await PushAsync()).Expect(0);
        Cfm again = (await PushAsync("v2")).Expect(0);
        Assert.Equal(first.Json["digest"]!.GetValue<string>(), again.Json["digest"]!.GetValue<string>());
        Assert.Equal(0, again.Json["sent"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_name_and_password_come_from_a_file()
    {
        _registry.Login = "user:word";
        Assert.StartsWith("error: ModelFetchFailed: ", (await PushAsync()).Expect(10).Error, StringComparison.Ordinal);
        _folder.Write("config.json", "{\"auths\":{\"" + _registry.Host + "\":{\"auth\":\"" + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:word")) + "\"}}}");
        (await PushAsync("v1", "--credentials", _folder["config.json"])).Expect(0);
        (await Cfm.RunAsync(new Dictionary<string, string> { ["DOCKER_CONFIG"] = _folder[""] }, "push", _folder["sealed"], Address("v2"))).Expect(0);
    }

    [Fact]
    public async Task A_folder_that_is_not_whole_is_not_pushed()
    {
        byte[] content = File.ReadAllBytes(_folder["sealed/wdbc.onnx.sealed"]);
        content[100] ^= 1;
        File.WriteAllBytes(_folder["sealed/wdbc.onnx.sealed"], content);
        Assert.StartsWith("error: ChunkCorrupt: ", (await PushAsync()).Expect(10).Error, StringComparison.Ordinal);
        File.Delete(_folder["sealed/wdbc.onnx.sealed"]);
        Assert.StartsWith("error: SealedFileMissing: ", (await PushAsync()).Expect(10).Error, StringComparison.Ordinal);
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused() =>
        Assert.StartsWith("error: Malformed: ", (await Cfm.RunAsync("push", _folder["sealed"], "registry.example/m:v1")).Expect(30).Error, StringComparison.Ordinal);

    private string Address(string tag) => $"oci://{_registry.Host}/models/wdbc:{tag}";

    private Task<Cfm> PushAsync(string tag = "v1", params string[] more) => Cfm.RunAsync(["push", _folder["sealed"], Address(tag), "-o", "json", .. more]);
}
