using System.Text;
using ConfidentialOperator.Protocol.Registry;

namespace ConfidentialOperator.Protocol.Tests.Registry;

/// <summary>Manifests of sealed models in registries.</summary>
public sealed class OciManifestTests
{
    private static readonly OciManifest s_manifest = new()
    {
        Files = [new(OciManifest.SealedFile, ByteString.Sha256("a"u8), 1, "manifest.json"), new(OciManifest.SealedFile, ByteString.Sha256("b"u8), 2, "onnx/model.onnx.sealed")],
    };

    private static string Text => Encoding.UTF8.GetString(s_manifest.ToJson());

    [Fact]
    public void AManifestIsReadAsItWasWritten()
    {
        Assert.True(OciManifest.TryParse(s_manifest.ToJson(), out OciManifest? read, out Refusal? refusal), refusal?.Message);
        Assert.Equal(s_manifest.Files, read.Files);
        Assert.Equal(s_manifest.ToJson(), read.ToJson());
        Assert.Equal(2, read.Find("onnx/model.onnx.sealed")!.Size);
        Assert.Null(read.Find("other"));
        Assert.Contains("\"artifactType\":\"application/vnd.confidential-operator.sealed-model.v1\"", Text, StringComparison.Ordinal);
        Assert.Contains("\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"", Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"schemaVersion\":2", "\"schemaVersion\":1", RefusalReason.Unsupported)]
    [InlineData("sealed-model.v1", "sealed-model.v2", RefusalReason.Unsupported)]
    [InlineData("image.manifest.v1", "image.index.v1", RefusalReason.Unsupported)]
    [InlineData("onnx/model.onnx.sealed", "manifest.json", RefusalReason.DuplicateMember)]
    [InlineData("\"size\":2", "\"size\":-2", RefusalReason.Malformed)]
    [InlineData("\"layers\"", "\"layer\"", RefusalReason.MissingMember)]
    [InlineData("\"digest\":\"sha256:3e", "\"digest\":\"sha512:3e", RefusalReason.Unsupported)]
    [InlineData("\"digest\":\"sha256:3e", "\"digest\":\"sha256:3E", RefusalReason.Unsupported)]
    public void AnotherManifestIsRefused(string part, string instead, RefusalReason reason)
    {
        Assert.Contains(part, Text, StringComparison.Ordinal);
        string changed = Text.Replace(part, instead, StringComparison.Ordinal);
        Assert.False(OciManifest.TryParse(Encoding.UTF8.GetBytes(changed), out _, out Refusal? refusal));
        Assert.Equal(reason, refusal.Reason);
    }

    [Fact]
    public void CredentialsAreFoundByHostAndNotPrinted()
    {
        byte[] json = """{"auths":{"https://registry.example/v1/":{"auth":"dTpwdw=="},"other.example:5000":{"username":"u","password":"pw"},"none.example":{}},"credsStore":"x"}"""u8.ToArray();
        Assert.True(RegistryCredentials.TryParse(json, out RegistryCredentials? credentials, out _));
        Assert.Equal("dTpwdw==", credentials.For("registry.example"));
        Assert.Equal("dTpwdw==", credentials.For("other.example:5000"));
        Assert.Null(credentials.For("none.example"));
        Assert.Null(credentials.For("other.example"));
        Assert.Equal("credentials for 2 registries", credentials.ToString());
        Assert.False(RegistryCredentials.TryParse("[]"u8.ToArray(), out _, out _));
    }
}
