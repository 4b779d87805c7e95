using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Attestation.Tests.Package;

/// <summary>The library as a package: what is in it, and a project of a stranger that has nothing else of ours.</summary>
public sealed class PackageTests : IDisposable
{
    private static readonly DateTimeOffset s_at = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("package-test-").FullName;

    [Fact]
    public async Task ThePackageIsWholeAndAStrangerCanUseIt()
    {
        string feed = Path.Combine(_folder, "feed");
        await DotnetAsync("pack", Path.Combine(Root(), "trust", "Attestation"), "--no-build", "-c", Configuration(), "-o", feed, "-v", "quiet");
        Inspect(Assert.Single(Directory.GetFiles(feed, "*.nupkg")));

        string item = Path.Combine(SharedFolder.Vectors(), "snp-v5-turin-oak");
        string consumer = WriteConsumer(feed);
        await DotnetAsync("build", consumer, "-v", "quiet", "--nologo");
        (string policy, string key) = WritePolicy(item);
        string output = await DotnetAsync(Path.Combine(consumer, "bin", "Debug", "net10.0", "Consumer.dll"), item, policy, key);
        Assert.Equal("accepted", output.Trim());
        File.WriteAllBytes(policy, SignedPolicy(new ByteString(new byte[48]), key));
        output = await DotnetAsync(Path.Combine(consumer, "bin", "Debug", "net10.0", "Consumer.dll"), item, policy, key);
        Assert.EndsWith("rejected: MeasurementNotAccepted", output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void TheExampleOfTheDocumentsIsTheOneThatIsCompiled()
    {
        string example = File.ReadAllText(Path.Combine(Here(), "LibraryExample.cs"));
        Assert.All((string[])["docs/reference/attestation-library.md", "trust/Attestation/README.md"],
            page => Assert.Contains($"```csharp\n{example}```\n", File.ReadAllText(Path.Combine(Root(), page)), StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Inspect(string package)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        string[] names = [.. archive.Entries.Select(entry => entry.FullName)];
        Assert.All((string[])["README.md", "lib/net10.0/ConfidentialOperator.Attestation.dll", "lib/net10.0/ConfidentialOperator.Attestation.xml",
            "lib/net10.0/ConfidentialOperator.Protocol.dll", "lib/net10.0/ConfidentialOperator.Protocol.xml"], name => Assert.Contains(name, names));
        Assert.Equal(2, names.Count(name => name.EndsWith(".dll", StringComparison.Ordinal)));
        using Stream stream = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        XElement metadata = XDocument.Load(stream).Root!.Elements().Single();
        string? Text(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
        Assert.Equal("ConfidentialOperator.Attestation", Text("id"));
        Assert.Equal("Apache-2.0", Text("license"));
        Assert.Equal("README.md", Text("readme"));
        Assert.False(string.IsNullOrWhiteSpace(Text("description")));
        Assert.DoesNotContain(metadata.Elements(), element => element.Name.LocalName is "repository" or "projectUrl");
        string[] dependencies = [.. metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => (string)element.Attribute("id")!)];
        Assert.Subset(new HashSet<string> { "NSec.Cryptography", "System.Formats.Cbor", "System.Security.Cryptography.Cose", "System.Security.Cryptography.Xml" },
            dependencies.ToHashSet());
    }

    /// <summary>Writes a project that may restore from our folder only; what the package needs of others must be on this machine already.</summary>
    private string WriteConsumer(string feed)
    {
        string folder = Path.Combine(_folder, "consumer");
        string known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Assert.SkipUnless(Directory.Exists(Path.Combine(known, "nsec.cryptography")), $"NOT TESTED: the packages that ours needs are not in {known}.");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <RestoreSources>{feed}</RestoreSources>
                <RestorePackagesPath>{Path.Combine(_folder, "packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{known}</RestoreFallbackFolders>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ConfidentialOperator.Attestation" Version="*" />
              </ItemGroup>
            </Project>
            """);
        File.Copy(Path.Combine(Here(), "LibraryExample.cs"), Path.Combine(folder, "LibraryExample.cs"));
        File.WriteAllText(Path.Combine(folder, "Program.cs"), $$"""
            using ConfidentialOperator.Protocol.Signing;

            string[] collateral = ["vcek.der", "chain.pem"];
            if (!OwnerPublicKey.TryFromPem(File.ReadAllText(args[2] + ".pub"), out OwnerPublicKey? owner, out _)) { return 1; }
            LibraryExample.Print(LibraryExample.Examine(File.ReadAllBytes(Path.Combine(args[0], "report.bin")), collateral.Select(name => File.ReadAllBytes(Path.Combine(args[0], name))),
                File.ReadAllBytes(args[1]), owner, DateTimeOffset.Parse("{{s_at:O}}")), Console.Out);
            return 0;
            """);
        return folder;
    }

    private (string Policy, string Key) WritePolicy(string item)
    {
        (string policy, string key) = (Path.Combine(_folder, "policy.json"), Path.Combine(_folder, "owner.pem"));
        byte[] report = File.ReadAllBytes(Path.Combine(item, "report.bin"));
        File.WriteAllBytes(policy, SignedPolicy(new ByteString(report.AsSpan(0x90, 48)), key));
        return (policy, key);
    }

    /// <summary>The sample's policy for this measurement; what it demands beyond that is waived.</summary>
    private static byte[] SignedPolicy(ByteString measurement, string key)
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        File.WriteAllText(key + ".pub", owner.PublicKey.ToPem());
        TrustPolicy sample = SamplePolicy.Make(new(2060, 1, 1, 0, 0, 0, TimeSpan.Zero), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8));
        JsonObject json = JsonNode.Parse(sample.ToJson())!.AsObject();
        JsonObject snp = json["tee"]!["snp"]!.AsObject();
        foreach (string name in snp.Where(member => member.Value is JsonObject).Select(member => member.Key).ToArray())
        {
            snp[name] = new JsonObject { ["waived"] = "recorded evidence" };
        }

        snp["measurements"] = new JsonArray(measurement.ToString());
        snp["development"] = false;
        Assert.True(TrustPolicy.TryParse(Encoding.UTF8.GetBytes(json.ToJsonString()), out TrustPolicy? policy, out Refusal? refusal), refusal?.Message);
        return policy.Sign(owner).ToJson();
    }

    private static async Task<string> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {output}{await error}");
        return output;
    }

    private static string Configuration() => AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).EndsWith("release", StringComparison.OrdinalIgnoreCase) ? "Release" : "Debug";

    private static string Root() => Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
