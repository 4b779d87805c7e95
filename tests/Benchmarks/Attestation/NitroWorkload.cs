using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>A Nitro document with a chain of four authorities, as AWS has.</summary>
internal sealed class NitroWorkload : SignedWorkload
{
    private readonly SoftwareNitroPki _pki = SoftwareNitroPki.Create();
    private readonly Action _check;

    public NitroWorkload()
    {
        _check = CheckOfP384();
        ReportData = new ByteString(RandomNumberGenerator.GetBytes(64));
        SoftwareEnclave enclave = _pki.MakeEnclave(Now.AddHours(-1), Now.AddHours(2));
        ByteString document = enclave.Sign(new SoftwareNitroDocument { Timestamp = Now.AddSeconds(-1), UserData = ReportData, IsIndefinite = true });
        Json = new NitroEvidence { Document = document }.ToJson();
        Policy = Sign(SamplePolicy.Make(Now.AddDays(1), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8)) with { Snp = null, Nitro = Rules() });
    }

    public override string Metric => "d3";

    public override (string Whole, string Remembered) Floor => ("5 of P-384", "1 of P-384");

    protected override TeeKind Tee => TeeKind.Nitro;

    protected override byte[] Json { get; }

    protected override ByteString ReportData { get; }

    protected override SignedTrustPolicy Policy { get; }

    public override TrustRoots NewRoots() => RootsOf(_pki.RootPem);

    public override void CheckSignatures(bool remembered)
    {
        for (int left = remembered ? 1 : 5; left > 0; left--)
        {
            _check();
        }
    }

    private static NitroPolicy Rules() => new()
    {
        Pcrs = Enumerable.Range(0, NitroPolicy.LastNamedPcr + 1).ToDictionary(index => index, index => Expect.AnyOf(SoftwareNitroDocument.DefaultPcrs[index])),
        MaximumAge = Expect.Required(new NitroAge(60)),
        InitData = Expect.Waived<NitroInitData>("the configuration is part of the image"),
        Development = true,
    };
}
