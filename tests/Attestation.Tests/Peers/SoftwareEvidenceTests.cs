using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Tdx;

namespace ConfidentialOperator.Attestation.Tests.Peers;

/// <summary>Evidence that our software signers make is evidence to others too, below a root that they are told to trust; and altered it is none.</summary>
public sealed class SoftwareEvidenceTests : IDisposable
{
    /// <summary>A peer asks for every name as AMD writes it.</summary>
    private static readonly Lazy<SoftwarePki> s_pki = new(() => SoftwarePki.Create("Milan", "OU=Engineering, C=US, L=Santa Clara, S=CA, O=Advanced Micro Devices"));

    private readonly string _folder = Directory.CreateTempSubdirectory("software-evidence-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(PeerProgram.Go)]
    [InlineData(PeerProgram.Rust)]
    public async Task PeersTakeReportsOfSoftwareChips(string peer)
    {
        SoftwareChip chip = s_pki.Value.MakeChip();
        byte[] report = new SoftwareGuest(chip, LaunchInputs.Development, Scene.InitData).Report(new byte[64]).ToArray();
        string vcek = Write("vcek.der", chip.CertificateDer);
        string chain = Write("chain.pem", Encoding.ASCII.GetBytes(s_pki.Value.ChainPem));
        string[] rest = ["-vcek", vcek, "-chain", chain, "-at", $"{Scene.Noon:yyyy-MM-ddTHH:mm:ssZ}"];
        await CheckAsync(peer, 0, ["sev-check", "-report", Write("report.bin", report), .. rest, "-trust-chain"]);
        await CheckAsync(peer, 1, ["sev-check", "-report", Write("report.bin", report), .. rest]);
        report[0x90] ^= 1;
        await CheckAsync(peer, 1, ["sev-check", "-report", Write("altered.bin", report), .. rest, "-trust-chain"]);
    }

    /// <summary>go-tdx-guest counts the extensions of a PCK certificate and takes six only; software has those that mean something.</summary>
    [Fact]
    public async Task APeerTakesQuotesOfSoftwarePlatforms()
    {
        var pki = new SoftwareTdxPki();
        byte[] quote = pki.MakePlatform().Sign(new SoftwareQuote()).ToArray();
        var pieces = new SoftwareTdxCollateral(pki).Make().ToDictionary(piece => piece.Kind, piece => piece.Data.ToArray());
        string root = Write("root.pem", Encoding.ASCII.GetBytes(pki.RootPem));
        string[] rest =
        [
            "-tcb_info", Write("tcb_info.json", pieces["tcb-info"]), "-qe_identity", Write("qe_identity.json", pieces["qe-identity"]),
            "-tcb_chain", Write("signing.pem", Chain(pki.SignerDer, pki.RootPem)), "-pck_crl", Write("pck.crl", pieces["pck-list"]),
            "-pck_crl_chain", Write("issuer.pem", Chain(pki.AuthorityDer, pki.RootPem)), "-root_crl", Write("root.crl", pieces["root-list"]),
            "-at", $"{Scene.Noon:yyyy-MM-ddTHH:mm:ssZ}",
        ];
        await CheckAsync(PeerProgram.Rust, 0, ["tdx-check", "-quote", Write("quote.bin", quote), .. rest, "-root", root]);
        await CheckAsync(PeerProgram.Rust, 1, ["tdx-check", "-quote", Write("quote.bin", quote), .. rest]);
        quote[200] ^= 1;
        await CheckAsync(PeerProgram.Rust, 1, ["tdx-check", "-quote", Write("altered.bin", quote), .. rest, "-root", root]);
    }

    [Fact]
    public async Task PeersTakeDocumentsOfSoftwareEnclaves()
    {
        var pki = SoftwareNitroPki.Create();
        byte[] document = pki.MakeEnclave(Scene.Noon.AddHours(-1), Scene.Noon.AddHours(2)).Sign(new SoftwareNitroDocument { Timestamp = Scene.Noon }).ToArray();
        string[] rest = ["-root", Write("root.pem", Encoding.ASCII.GetBytes(pki.RootPem)), "-at", $"{Scene.Noon:yyyy-MM-ddTHH:mm:ssZ}"];
        await CheckAsync(PeerProgram.Rust, 0, ["nitro-check", "-doc", Write("document.cbor", document), .. rest]);
        await CheckAsync(PeerProgram.Go, 0, ["cose-verify", "-nitro", Write("document.cbor", document)]);
        document[^1] ^= 1;
        await CheckAsync(PeerProgram.Rust, 1, ["nitro-check", "-doc", Write("altered.cbor", document), .. rest]);
        await CheckAsync(PeerProgram.Go, 1, ["cose-verify", "-nitro", Write("altered.cbor", document)]);
    }

    private static byte[] Chain(byte[] der, string rootPem) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE", der) + "\n" + rootPem);

    private static async Task CheckAsync(string peer, int expected, string[] arguments)
    {
        (int code, string[] lines) = await PeerProgram.RunAsync(peer, arguments);
        Assert.True(code == expected, $"{peer} {string.Join(' ', arguments)} ended with {code}: {string.Join('\n', lines)}");
    }

    private string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
