using System.Globalization;
using System.Text.Json.Nodes;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.CollateralSupply;
using ConfidentialOperator.CollateralSupply.Bundles;
using ConfidentialOperator.FakeTee.Endpoints;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Tests.Verbs;

/// <summary>Bundles from services on the loopback interface: what is asked, what is written, and what a bundle is said to be worth.</summary>
public sealed class CollateralTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    private static readonly DateTimeOffset s_listEnd = s_now.AddDays(6);
    private static readonly byte[] s_list = CliWorld.Pki.MakeRevocationList(s_now.AddDays(-1), s_listEnd, revokesIntermediate: false);

    private readonly TemporaryFolder _folder = new();
    private VendorServices _vendor = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("ark.pem", CliWorld.Pki.RootPem);
        _vendor = await VendorServices.StartAsync(TestContext.Current.CancellationToken);
        byte[] chain = System.Text.Encoding.ASCII.GetBytes(CliWorld.Pki.ChainPem);
        _vendor.Serve("/kds/vcek/v1/Milan/cert_chain", chain, "application/x-pem-file");
        _vendor.Serve("/kds/vlek/v1/Milan/cert_chain", chain, "application/x-pem-file");
        _vendor.Serve("/kds/vcek/v1/Milan/crl", s_list, "application/pkix-crl");
    }

    public async ValueTask DisposeAsync()
    {
        await _vendor.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("bundle.json")]
    [InlineData("bundle/")]
    public async Task What_was_fetched_is_shown_and_verifies(string name)
    {
        Cfm fetched = (await FetchAsync(name, "--product", "milan")).Expect(0);
        Assert.Equal(3, fetched.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(["/kds/vcek/v1/Milan/cert_chain", "/kds/vlek/v1/Milan/cert_chain", "/kds/vcek/v1/Milan/crl"], _vendor.Requests);

        JsonArray shown = (await Cfm.RunAsync("collateral", "show", _folder[name], "--output", "json")).Expect(0).Json["entries"]!.AsArray();
        Assert.Equal(["chain", "chain", "crl"], shown.Select(entry => entry!["kind"]!.GetValue<string>()));
        Assert.Equal(ByteString.Sha256(s_list).ToString(), shown[2]!["sha256"]!.GetValue<string>());
        Assert.Equal(new Uri(_vendor.Address, "/kds/vcek/v1/Milan/crl").AbsoluteUri, shown[2]!["source"]!.GetValue<string>());
        Assert.Contains("revocation list", (await Cfm.RunAsync("collateral", "show", _folder[name])).Expect(0).Output, StringComparison.Ordinal);

        JsonNode check = (await CheckAsync(name, "--output", "json")).Expect(0).Json;
        Assert.True(check["accepted"]!.GetValue<bool>());
        Assert.Equal(s_listEnd.ToUnixTimeSeconds(), check["endsFirst"]!.GetValue<long>());
        Assert.All(check["entries"]!.AsArray(), entry => Assert.Equal("ARK-Software", entry!["root"]!.GetValue<string>()));
        Assert.Contains("ends first: revocation list", (await CheckAsync(name)).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_that_has_ended_at_the_given_time_is_named()
    {
        (await FetchAsync("bundle.json", "--product", "milan")).Expect(0);
        string late = s_listEnd.AddHours(1).ToString("O", CultureInfo.InvariantCulture);
        Cfm run = (await CheckAsync("bundle.json", "--at", late, "--output", "json")).Expect(10);
        Assert.StartsWith("error: CertificateExpired: 1 of 3 entries", run.Error, StringComparison.Ordinal);
        Assert.False(run.Json["accepted"]!.GetValue<bool>());
        Assert.Equal([null, null, "CertificateExpired"], run.Json["entries"]!.AsArray().Select(entry => entry!["reason"]?.GetValue<string>()));
        Assert.Contains("FAIL crl", (await CheckAsync("bundle.json", "--at", late)).Expect(10).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_that_lead_to_no_accepted_root_are_refused()
    {
        (await FetchAsync("bundle.json", "--product", "milan")).Expect(0);
        Cfm run = (await Cfm.RunAsync("collateral", "check", _folder["bundle.json"])).Expect(10);
        Assert.StartsWith("error: ChainUntrusted: 3 of 3 entries", run.Error, StringComparison.Ordinal);
        Assert.Contains("verifies up to no accepted root", run.Output, StringComparison.Ordinal);
        Cfm json = (await Cfm.RunAsync("collateral", "check", _folder["bundle.json"], "--output", "json")).Expect(10);
        Assert.All(json.Json["entries"]!.AsArray(), entry => Assert.Equal(("", "ChainUntrusted"), (entry!["root"]!.GetValue<string>(), entry["reason"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Evidence_says_which_chip_is_asked_about()
    {
        SoftwareChip chip = CliWorld.Pki.MakeChip();
        File.WriteAllBytes(_folder["evidence.json"], new SoftwareGuest(chip, LaunchInputs.Development, null).Evidence(new byte[64]));
        string path = $"/kds/vcek/v1/Milan/{chip.ChipId}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219";
        _vendor.Serve(path, chip.CertificateDer, "application/octet-stream");
        await FetchAsync("bundle.json", "--evidence", _folder["evidence.json"]);
        Assert.Contains(path, _vendor.Requests);
        Assert.Contains("pass vcek", (await CheckAsync("bundle.json")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_service_lacks_is_said_and_the_rest_is_kept_and_filled_up_later()
    {
        _vendor.FailWith(404);
        Cfm partly = (await FetchAsync("bundle.json", "--product", "milan")).Expect(1);
        Assert.Contains("chain       missing: ", partly.Output, StringComparison.Ordinal);
        Assert.StartsWith("error: CollateralUnavailable: 1 of 3 requests", partly.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await EntriesAsync()).Count);
        (await FetchAsync("bundle.json", "--product", "milan")).Expect(0);
        Assert.Equal(3, (await EntriesAsync()).Count);
    }

    [Fact]
    public async Task A_bundle_that_is_damaged_is_refused_by_every_verb_and_not_overwritten()
    {
        _folder.Write("bundle.json", "{");
        (await Cfm.RunAsync("collateral", "show", _folder["bundle.json"])).Expect(30);
        (await CheckAsync("bundle.json")).Expect(30);
        (await FetchAsync("bundle.json", "--product", "milan")).Expect(30);
        Assert.Equal("{", await File.ReadAllTextAsync(_folder["bundle.json"], TestContext.Current.CancellationToken));

        (await FetchAsync("folder/", "--product", "milan")).Expect(0);
        File.WriteAllBytes(Directory.GetFiles(_folder["folder/sha256"])[0], [1]);
        Assert.Contains("is damaged", (await CheckAsync("folder/")).Expect(30).Error, StringComparison.Ordinal);
        (await Cfm.RunAsync("collateral", "show", _folder["none.json"])).Expect(30);
    }

    [Fact]
    public async Task An_empty_bundle_and_one_that_cannot_be_read_are_worth_nothing()
    {
        BundlePath.Write(_folder["empty.json"], new CollateralBundle([]));
        Assert.Contains("The bundle is empty", (await CheckAsync("empty.json")).Expect(1).Error, StringComparison.Ordinal);
        BundlePath.Write(_folder["odd.json"], new CollateralBundle([new CollateralItem(CollateralKinds.Crl, new ByteString([0x30, 0]), "AmdKds/x", "https://kds.example/", s_now)]));
        Assert.Contains("cannot be read", (await Cfm.RunAsync("collateral", "show", _folder["odd.json"])).Expect(0).Output, StringComparison.Ordinal);
        Assert.StartsWith("error: Malformed: 1 of 1", (await CheckAsync("odd.json")).Expect(30).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say what to fetch")]
    [InlineData("go with --product", "--chip-id", "00")]
    [InlineData("go together", "--product", "milan", "--chip-id", "00")]
    [InlineData("milan, genoa or turin", "--product", "rome")]
    [InlineData("hex digits", "--product", "milan", "--chip-id", "00", "--tcb", "bootloader:4,tee:0,snp:24,microcode:219")]
    [InlineData("--fmspc", "--fmspc", "90c0")]
    [InlineData("reference manifest", "--rim-id", "../x")]
    [InlineData("--tcb-edition", "--fmspc", "90c06f000000", "--tcb-edition", "old")]
    public async Task A_question_that_cannot_be_asked_asks_nobody(string sentence, params string[] options)
    {
        Cfm run = (await FetchAsync("bundle.json", options)).Expect(30);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Empty(_vendor.Requests);
        Assert.False(File.Exists(_folder["bundle.json"]));
    }

    [Theory]
    [InlineData("http://kds.example")]
    [InlineData("kds")]
    public async Task Only_addresses_that_are_safe_are_asked(string address)
    {
        Cfm run = await Cfm.RunAsync("collateral", "fetch", "--product", "milan", "--bundle", _folder["bundle.json"], "--kds", address);
        Assert.NotEqual(0, run.Code);
        Assert.False(File.Exists(_folder["bundle.json"]));
    }

    private Task<Cfm> FetchAsync(string bundle, params IReadOnlyList<string> more) =>
        Cfm.RunAsync(["collateral", "fetch", "--bundle", _folder[bundle], "--kds", new Uri(_vendor.Address, "kds").AbsoluteUri, "--pcs", new Uri(_vendor.Address, "pcs").AbsoluteUri, .. more]);

    private Task<Cfm> CheckAsync(string bundle, params IReadOnlyList<string> more) =>
        Cfm.RunAsync(["collateral", "check", _folder[bundle], "--development-root", _folder["ark.pem"], .. more]);

    private async Task<JsonArray> EntriesAsync() => (await Cfm.RunAsync("collateral", "show", _folder["bundle.json"], "--output", "json")).Expect(0).Json["entries"]!.AsArray();
}
