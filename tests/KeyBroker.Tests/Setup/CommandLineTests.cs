using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.KeyBroker.Keys;
using ConfidentialOperator.KeyBroker.Setup;
using ConfidentialOperator.KeyBroker.Tests.Running;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Tests.Setup;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task InitMakesEveryFileOnceAndKeepsIt()
    {
        Assert.Equal(0, (await RunAsync("init", _folder["b"], "--host", "broker.clinic.svc", "--host", "127.0.0.1", "--urls", "https://127.0.0.1:9443")).Code);
        string[] secret = ["kek.key", "token.key", "audit.key", "tls.key"];
        Assert.All(secret, name => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["b/" + name])));
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(_folder["b/tls.crt"], _folder["b/tls.key"]);
        Assert.True(certificate.MatchesHostname("broker.clinic.svc"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.Contains("https://broker.clinic.svc:9443", await File.ReadAllTextAsync(_folder["b/broker.json"], TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Dictionary<string, byte[]> before = Directory.GetFiles(_folder["b"]).ToDictionary(file => file, File.ReadAllBytes);
        (int code, string output, _) = await RunAsync("init", _folder["b"]);
        Assert.Equal(0, code);
        Assert.DoesNotContain("made", output, StringComparison.Ordinal);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Theory]
    [InlineData("what")]
    [InlineData("init")]
    [InlineData("init", "--host", "a")]
    [InlineData("init", "x", "--host")]
    [InlineData("init", "x", "--what", "a")]
    [InlineData("serve", "--config")]
    public async Task AnUnknownCommandExplainsTheUsage(params string[] args)
    {
        (int code, _, string error) = await RunAsync(args);
        Assert.Equal(64, code);
        Assert.StartsWith("usage:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.json", null, "does not exist")]
    [InlineData("a.json", "{}", "CertificatePath")]
    [InlineData("a.json", """{"KeyBroker":{"SessionLifetime":"10:00:00"}}""", "SessionLifetime")]
    [InlineData("a.json", """{"KeyBroker":{"Limits":{"OpenSessions":0}}}""", "OpenSessions")]
    public async Task AWrongConfigurationEndsTheProgramWithASentence(string name, string? content, string expected)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(_folder[name], content, TestContext.Current.CancellationToken);
        }

        (int code, _, string error) = await RunAsync("--config", _folder[name]);
        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("https://127.0.0.1:0/path")]
    [InlineData("https://127.0.0.1:0;http://127.0.0.1:0")]
    public async Task OnlyTlsAddressesAreServed(string urls)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => RunningBroker.StartAsync(("Urls", urls)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void AKekThatIsNot32BytesIsRefused(string content)
    {
        Storage.PrivateFileTests.Write(_folder["kek"], content);
        Assert.Throws<InvalidDataException>(() => KeyEncryptionKey.Load(_folder["kek"]));
    }

    [Fact]
    public void TheDefaultsAcceptNothing()
    {
        var options = new KeyBrokerOptions();
        Assert.Empty(options.Snp.DevelopmentRoots);
        Assert.False(options.TrusteeStatusCodes);
        ValidateOptionsResult result = new KeyBrokerOptionsValidator().Validate(null, options);
        Assert.True(result.Failed);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await CommandLine.RunAsync(args, TimeProvider.System, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
