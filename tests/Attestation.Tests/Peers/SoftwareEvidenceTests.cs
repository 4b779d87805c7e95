using System.Text;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;

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
