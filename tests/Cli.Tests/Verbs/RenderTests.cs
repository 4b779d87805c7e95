using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Cli.Tests.Running;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class RenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Example => Repository.Path("crds/examples/snp.yaml");

    [Fact]
    public async Task The_initdata_is_the_golden_one_and_its_digest_is_printed()
    {
        Cfm text = (await Cfm.RunAsync("render", "-f", Example, "--initdata")).Expect(0);
        Assert.Equal(File.ReadAllText(Repository.Path("tests/Golden/snp/initdata.toml")), text.Output);
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Output)));
        Cfm json = (await Cfm.RunAsync("render", "-f", Example, "--digests", "-o", "json")).Expect(0);
        Assert.Equal(digest, json.Json["initDataSha256"]!.GetValue<string>());
        Assert.Null(json.Json["objects"]);
    }

    [Fact]
    public async Task The_objects_are_those_of_the_controller_without_its_owner_references()
    {
        Cfm run = (await Cfm.RunAsync("render", "-f", Example)).Expect(0);
        Assert.Contains("kind: Deployment\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("kind: NetworkPolicy\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ownerReferences", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_machine_has_the_processors_of_the_annotation_and_of_the_limits()
    {
        // One of the annotation, four of Inference, half a one of the Sidecar.
        Cfm run = (await Cfm.RunAsync("render", "-f", Example, "-o", "json")).Expect(0);
        Assert.Equal(6, run.Json["virtualCpus"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("type: snp", "type: sgx", "spec.tee.type")]
    [InlineData("  replicas: 2", "  replicaz: 2", "replicaz")]
    [InlineData("    task: chat", "    task: 1", "spec.model.task")]
    [InlineData("    manifestDigest: sha256:", "    manifestDigest: sha512:", "spec.model.manifestDigest")]
    [InlineData("    manifestDigest: ", "    # manifestDigest: ", "spec.model.manifestDigest")]
    [InlineData("inference@sha256:", "inference:v1-", "spec.runtime.image")]
    [InlineData("reattestInterval: 1h", "reattestInterval: 30s", "spec.attestation.reattestInterval")]
    [InlineData("kind: ConfidentialModel", "kind: Pod", "ConfidentialModel")]
    public async Task A_wrong_field_is_named(string text, string change, string field)
    {
        string original = File.ReadAllText(Example);
        Assert.Contains(text, original, StringComparison.Ordinal);
        string wrong = _folder.Write("model.yaml", original.Replace(text, change, StringComparison.Ordinal));
        Cfm run = (await Cfm.RunAsync("render", "-f", wrong)).Expect(30);
        Assert.StartsWith("error: SpecInvalid: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(field, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    public void Dispose() => _folder.Dispose();
}
