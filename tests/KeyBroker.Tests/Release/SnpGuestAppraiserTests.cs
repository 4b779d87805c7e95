using System.Net;
using System.Text.Json.Nodes;
using ConfidentialOperator.KeyBroker.Tests.Running;

namespace ConfidentialOperator.KeyBroker.Tests.Release;

/// <summary>The real verifier behind the real endpoints: roots, collateral, policy.</summary>
public sealed class SnpGuestAppraiserTests
{
    private static readonly string s_chip = TestEvidence.Chip.ChipId.ToString();

    [Fact]
    public async Task WithoutItsRootConfiguredTestHardwareIsNothing()
    {
        using var another = new TemporaryFolder();
        await File.WriteAllTextAsync(another["another.pem"], OtherRoot(), TestContext.Current.CancellationToken);
        await using RunningBroker broker = await Ready.StartAsync(("Snp:DevelopmentRoots:0", another["another.pem"]));
        using var guest = new TestGuest(broker);
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "ChainUntrusted");
    }

    [Fact]
    public async Task AnOwnerWhoDoesNotAllowTestHardwareReleasesNothingToIt()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        JsonObject policy = broker.Policy(version: 2);
        policy["tee"]!["snp"]!["development"] = false;
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "DevelopmentRootNotAccepted");
    }

    [Fact]
    public async Task AGuestThatBringsNoCertificateIsEndorsedByTheFolder()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Snp:CollateralDirectory", "collateral"));
        await RefusedAsync(broker, "ChainUntrusted");
        Directory.CreateDirectory(broker.Folder["collateral/vcek/" + s_chip]);
        Directory.CreateDirectory(broker.Folder["collateral/chain"]);
        await File.WriteAllBytesAsync(broker.Folder[$"collateral/vcek/{s_chip}/a.der"], TestEvidence.Chip.CertificateDer, TestContext.Current.CancellationToken);
        await RefusedAsync(broker, "ChainUntrusted");
        await File.WriteAllTextAsync(broker.Folder["collateral/chain/a.pem"], TestEvidence.Pki.ChainPem, TestContext.Current.CancellationToken);
        using var guest = new TestGuest(broker);
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync(RemoveCertificates)).AssertTextAsync();
        Assert.Equal(Ready.Key, guest.Open(await (await guest.ResourceAsync()).AssertTextAsync()));
    }

    [Fact]
    public async Task ARevocationListInTheFolderIsLookedAt()
    {
        await using RunningBroker broker = await Ready.StartAsync(("Snp:CollateralDirectory", "collateral"));
        JsonObject policy = broker.Policy(version: 2);
        policy["tee"]!["snp"]!["revocation"] = new JsonObject { ["listRequired"] = true };
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "RevocationListInvalid");

        // The list counts from the next request on: evidence is appraised again at each release.
        await WriteListAsync(broker, revokes: false);
        Assert.Equal(Ready.Key, guest.Open(await (await guest.ResourceAsync()).AssertTextAsync()));
        await WriteListAsync(broker, revokes: true);
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "CertificateRevoked");
    }

    [Fact]
    public async Task AGuestWithoutTheDevicesThatItsOwnerDemandsGetsNothing()
    {
        await using RunningBroker broker = await Ready.StartAsync();
        JsonObject policy = broker.Policy(version: 2);
        var gpu = new JsonObject { ["count"] = new JsonObject { ["gpus"] = 1, ["switches"] = 0 }, ["architectures"] = new JsonArray("HOPPER"), ["development"] = true };
        foreach (string name in (string[])["driverVersions", "vbiosVersions", "driverRim", "vbiosRim", "revocation", "modes"])
        {
            gpu[name] = new JsonObject { ["waived"] = "not asked here" };
        }

        policy["gpu"] = gpu;
        await (await broker.PutAsync(policy)).AssertTextAsync(HttpStatusCode.NoContent);
        using var guest = new TestGuest(broker);
        await guest.HandshakeAsync();
        await (await guest.ResourceAsync()).AssertProblemAsync(HttpStatusCode.Forbidden, "DeviceEvidenceMissing");
    }

    [Theory]
    [InlineData("absent.pem")]
    [InlineData("broker.json")]
    public async Task ARootThatCannotBeReadStopsTheBroker(string file)
    {
        InvalidDataException exception = await Assert.ThrowsAsync<InvalidDataException>(() => RunningBroker.StartAsync(("Snp:DevelopmentRoots:0", file)));
        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
    }

    private static async Task WriteListAsync(RunningBroker broker, bool revokes)
    {
        DateTimeOffset now = broker.Clock.GetUtcNow();
        Directory.CreateDirectory(broker.Folder["collateral/crl"]);
        await File.WriteAllBytesAsync(broker.Folder["collateral/crl/list.der"],
            TestEvidence.Pki.MakeRevocationList(now.AddDays(-1), now.AddDays(1), revokes), TestContext.Current.CancellationToken);
    }

    private static async Task RefusedAsync(RunningBroker broker, string reason)
    {
        using var guest = new TestGuest(broker);
        await (await guest.AuthAsync()).AssertTextAsync();
        await (await guest.AttestAsync(RemoveCertificates)).AssertProblemAsync(HttpStatusCode.Forbidden, reason);
    }

    private static void RemoveCertificates(JsonObject body) => body["tee-evidence"]!["primary_evidence"]!["cert_chain"] = null;

    /// <summary>AMD's own root is a root, and not the one of the test's hardware.</summary>
    private static string OtherRoot()
    {
        using Stream stream = typeof(Attestation.TrustRoots).Assembly.GetManifestResourceStream("amd-ark-milan.pem")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
