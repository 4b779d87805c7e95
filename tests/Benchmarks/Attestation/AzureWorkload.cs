using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Azure;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A confidential VM of Azure on SEV-SNP: the chip's chain and report, and the quote of the virtual TPM.</summary>
internal sealed class AzureWorkload : SignedWorkload
{
    private const int ChainSignatures = 3;

    private readonly SoftwarePki _pki = SoftwarePki.Create();
    private readonly Action _checkChain;
    private readonly Action _checkReport;
    private readonly Action _checkQuote;

    public AzureWorkload()
    {
        _checkChain = CheckOfRsa(4096, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        _checkReport = CheckOfP384();
        _checkQuote = CheckOfRsa(2048, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        ReportData = new ByteString(RandomNumberGenerator.GetBytes(64));
        ByteString initData = ByteString.Sha256("initdata"u8);
        SoftwareChip chip = _pki.MakeChip();
        Json = new SoftwareParavisor().Attest(new SoftwareAzureGuest
        {
            Hardware = SoftwareAzureGuest.On(chip, new SoftwareGuest(chip, LaunchInputs.Development, null).Template),
            ExtraData = ReportData,
        }).ToJson();
        IReadOnlyList<ByteString> pcrs = SoftwareAzureGuest.MakePcrs(initData);
        Policy = Sign(SamplePolicy.Make(Now.AddDays(1), initData, ByteString.Sha256("manifest"u8)) with
        {
            Snp = null,
            AzureSnp = new AzureSnpPolicy
            {
                Pcrs = AzurePcrs.Of(Enumerable.Range(0, 16).ToDictionary(index => index, index => (IReadOnlyList<ByteString>)[pcrs[index]]), "what the guest extends is its own"),
                Snp = SamplePolicy.Snp(),
            },
        });
    }

    public override string Metric => "d5";

    public override (string Whole, string Remembered) Floor => ("3 of RSA-4096, 1 of P-384, 1 of RSA-2048", "1 of P-384, 1 of RSA-2048");

    protected override TeeKind Tee => TeeKind.AzureSnp;

    protected override byte[] Json { get; }

    protected override ByteString ReportData { get; }

    protected override SignedTrustPolicy Policy { get; }

    public override TrustRoots NewRoots() => RootsOf(_pki.RootPem);

    public override void CheckSignatures(bool remembered)
    {
        for (int left = remembered ? 0 : ChainSignatures; left > 0; left--)
        {
            _checkChain();
        }

        _checkReport();
        _checkQuote();
    }
}
