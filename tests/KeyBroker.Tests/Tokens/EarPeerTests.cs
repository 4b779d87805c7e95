using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Tokens;

/// <summary>Our tokens read by another implementation of JOSE and EAR, with the keys that we publish.</summary>
public sealed class EarPeerTests
{
    [Fact]
    public async Task APeerVerifiesTheTokenAndRefusesAnAlteredOne()
    {
        string program = Find();
        await using RunningBroker broker = await Ready.StartAsync();
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        using var folder = new TemporaryFolder();
        string keys = Write(folder, "jwks.json", await guest.Client.GetStringAsync("/.well-known/jwks.json", TestContext.Current.CancellationToken));
        (int code, string output) = await RunAsync(program, "ear-verify", "-no-validate", "-key", keys, Write(folder, "token.jwt", guest.Token));
        Assert.True(code == 0, output);
        JsonNode read = JsonNode.Parse(output)!;
        Assert.Equal("ES256", read["header"]!["alg"]!.GetValue<string>());
        Assert.True(JsonNode.DeepEquals(EarTokenTests.Claims(guest.Token)["submods"], read["claims"]!["submods"]));

        string[] parts = guest.Token.Split('.');
        char first = parts[2][0] == 'A' ? 'B' : 'A';
        Assert.Equal(1, (await RunAsync(program, "ear-verify", "-no-validate", "-key", keys, Write(folder, "altered.jwt", $"{parts[0]}.{parts[1]}.{first}{parts[2][1..]}"))).Code);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }

    private static string Write(TemporaryFolder folder, string name, string text)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Find([CallerFilePath] string file = "")
    {
        string shared = Environment.GetEnvironmentVariable("CONFIDENTIAL_SHARED") ?? Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "..", "shared");
        string program = Path.Combine(shared, "peers", "peers");
        if (!File.Exists(program))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "PEERS ARE NOT ASKED: there is no folder 'shared' with 'peers' beside the repository; set CONFIDENTIAL_SHARED.");
            Assert.Fail("'peers' must be there: set CONFIDENTIAL_SHARED.");
        }

        return program;
    }
}
