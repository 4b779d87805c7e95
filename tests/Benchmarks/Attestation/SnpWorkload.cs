using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A SEV-SNP guest's evidence below a hierarchy in AMD's shape: root, intermediate, chip.</summary>
internal sealed class SnpWorkload : SignedWorkload
{
    private const int ChainSignatures = 3;

    private readonly SoftwarePki _pki = SoftwarePki.Create();
    private readonly Action _checkChain;
    private readonly Action _checkReport;

    public SnpWorkload()
    {
        _checkChain = CheckOfRsa(4096, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        _checkReport = CheckOfP384();
        ReportData = new ByteString(RandomNumberGenerator.GetBytes(64));
        Json = new SoftwareGuest(_pki.MakeChip(), LaunchInputs.Development, null).Evidence(ReportData.Span);
        Policy = Sign(SamplePolicy.Make(Now.AddDays(1), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8)));
    }

    public override string Metric => "d1";

    public override (string Whole, string Remembered) Floor => ("3 of RSA-4096, 1 of P-384", "1 of P-384");

    protected override TeeKind Tee => TeeKind.Snp;

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
    }
}
