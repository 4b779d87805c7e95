using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class KeygenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("p256", OwnerKeyAlgorithm.EcdsaP256)]
    [InlineData("p384", OwnerKeyAlgorithm.EcdsaP384)]
    [InlineData("ed25519", OwnerKeyAlgorithm.Ed25519)]
    public async Task Both_halves_are_written_and_fit(string name, OwnerKeyAlgorithm algorithm)
    {
        Cfm run = (await Cfm.RunAsync("keygen", "--owner-key", _folder["owner.pem"], "--algorithm", name, "--output", "json")).Expect(0);
        Assert.True(OwnerKey.TryFromPem(File.ReadAllText(_folder["owner.pem"]), out OwnerKey? key, out _));
        Assert.True(OwnerPublicKey.TryFromPem(File.ReadAllText(_folder["owner.pub.pem"]), out OwnerPublicKey? publicKey, out _));
        Assert.Equal(algorithm, key.PublicKey.Algorithm);
        Assert.Equal(key.PublicKey, publicKey);
        Assert.Equal(publicKey.KeyId, run.Json["keyId"]!.GetValue<string>());
        key.Dispose();
    }

    [Fact]
    public async Task Secrets_are_readable_by_their_owner_only_and_not_printed()
    {
        Cfm run = (await Cfm.RunAsync("keygen", "--owner-key", _folder["owner.pem"], "--model-key", _folder["model.key"])).Expect(0);
        byte[] modelKey = File.ReadAllBytes(_folder["model.key"]);
        Assert.Equal(32, modelKey.Length);
        Assert.Contains(modelKey, value => value != 0);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in (string[])[_folder["owner.pem"], _folder["model.key"]])
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        Assert.DoesNotContain("PRIVATE", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(modelKey), run.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_key_is_never_replaced()
    {
        _folder.Write("model.key", "the only copy");
        Cfm run = (await Cfm.RunAsync("keygen", "--model-key", _folder["model.key"])).Expect(30);
        Assert.Equal("the only copy", File.ReadAllText(_folder["model.key"]));
        Assert.StartsWith("error: Malformed: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_make_is_refused() => (await Cfm.RunAsync("keygen")).Expect(30);

    public void Dispose() => _folder.Dispose();
}
