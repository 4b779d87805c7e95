using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// A TDX quote with collateral and both revocation lists: nine signatures of P-256 (quote, quoting enclave, PCK, platform CA, TCB signing, TCB info, enclave
/// identity, two lists) under four keys that must be made ready first, and the root's, which is ready.
/// </summary>
internal sealed class TdxWorkload : SignedWorkload
{
    private const int NewKeys = 4;
    private const int ReadyKeys = 5;

    private readonly SoftwareTdxPki _pki = new();
    private readonly IReadOnlyList<Collateral> _collateral;
    private readonly (Action Ready, Action New) _check;

    public TdxWorkload()
    {
        _check = CheckOfP256();
        ReportData = new ByteString(RandomNumberGenerator.GetBytes(64));
        var quote = new SoftwareQuote { ReportData = ReportData };
        Json = new TdxEvidence { Quote = _pki.MakePlatform().Sign(quote) }.ToJson();
        _collateral = new SoftwareTdxCollateral(_pki).Make();
        TrustPolicy policy = SamplePolicy.Make(Now.AddDays(1), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8));
        Policy = Sign(policy with { Snp = null, Tdx = SampleTdxPolicy.Make(quote) });
    }

    public override string Metric => "d1-tdx";

    public override (string Whole, string Remembered) Floor => ("9 of P-256 under 4 new keys", "1 of P-256");

    protected override DateTimeOffset Now { get; } = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    protected override TeeKind Tee => TeeKind.Tdx;

    protected override byte[] Json { get; }

    protected override ByteString ReportData { get; }

    protected override SignedTrustPolicy Policy { get; }

    public override TrustRoots NewRoots()
    {
        TrustRoots roots = RootsOf(_pki.RootPem);
        return roots.For(Vendor.Intel).All(anchor => anchor.Root.P256Key is not null) ? roots : throw new InvalidOperationException("A root has another key.");
    }

    public override IReadOnlyList<Collateral> NewCollateral() => [.. _collateral.Select(piece => piece with { Data = new ByteString(piece.Data.Span) })];

    public override void CheckSignatures(bool remembered)
    {
        for (int key = 0; key < (remembered ? 0 : NewKeys); key++)
        {
            _check.New();
        }

        for (int signature = 0; signature < (remembered ? 1 : ReadyKeys); signature++)
        {
            _check.Ready();
        }
    }
}
