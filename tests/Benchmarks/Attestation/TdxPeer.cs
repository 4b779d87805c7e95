using System.Globalization;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// A recorded TDX quote with its collateral, verified by us and by a verifier that others wrote, side by side: the same files, every chain and list, quote and
/// policy, one after the other on one thread, counted per second of processor time. Ours remembers collateral and chains or nothing; the others nothing.
/// </summary>
internal sealed class TdxPeer(string name, string program, string dash, bool remembered) : IBenchmark
{
    private const int Runs = 200;
    private const int WarmUp = 2000;
    private const string Item = "tdx-v4-dstack-b0c06f";
    private const string At = "2025-07-04T10:16:31Z";

    private static readonly string[] s_pieces =
        ["tcb_info.json", "qe_identity.json", "tcb_signing_chain.pem", "pck_crl.der", "pck_crl_issuer_chain.pem", "root_ca_crl.der"];

    private static readonly DateTimeOffset s_at = DateTimeOffset.Parse(At, CultureInfo.InvariantCulture);

    private byte[] _evidence = [];
    private ByteString _reportData = ByteString.Empty;
    private Collateral[] _collateral = [];
    private SignedTrustPolicy _policy = null!;
    private string _program = "";
    private string _folder = "";

    public string Metric => $"d1-tdx-{name}{(remembered ? "-remembered" : "")}";

    public string Goal => remembered ? ">= 3.00" : "> 1.00";

    public string Unit => "verifications per second of processor time";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _program = SharedFolder.Find(Path.Combine("peers", program));
        _folder = SharedFolder.Find(Path.Combine("vectors", Item));
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder, "quote.bin"));
        TdxQuote quote = TdxQuote.TryParse(bytes, out TdxQuote? read, out Refusal? refusal) ? read : throw new InvalidDataException(refusal.Message);
        _evidence = new TdxEvidence { Quote = new ByteString(bytes) }.ToJson();
        _reportData = quote.Report.ReportData;
        _collateral = Collateral();
        _policy = Sign(quote.Report);

        // A verifier runs for days: what its code costs before the compiler is done with it is not what is compared.
        TrustRoots roots = NewRoots();
        for (int run = 0; run < WarmUp; run++)
        {
            Verify(remembered ? roots : NewRoots(), remembered ? _collateral : Collateral());
        }

        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        // Without a memory each run gets roots and bytes of its own: what is remembered is remembered by both.
        TrustRoots known = NewRoots();
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => remembered ? known : NewRoots())];
        Collateral[][] collateral = [.. Enumerable.Range(0, Runs).Select(_ => remembered ? _collateral : Collateral())];
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int run = 0; run < Runs; run++)
        {
            Verify(roots[run], collateral[run]);
        }

        return Task.FromResult(Runs / (Environment.CpuUsage.TotalTime - start).TotalSeconds);
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => PeerProcess.MeasureAsync(_program, _folder,
    [
        "tdx-check", $"{dash}quote", "quote.bin", $"{dash}collateral", "collateral", $"{dash}at", At, $"{dash}bench", $"{Runs}",
        .. dash == "-" ? ["-q"] : Array.Empty<string>(),
    ], cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static TrustRoots NewRoots() => TrustRoots.TryWithDevelopment([], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    private static SignedTrustPolicy Sign(TdReport report)
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        TrustPolicy policy = SamplePolicy.Make(s_at.AddDays(1), new ByteString(report.MrConfigId.Span[..32]), ByteString.Sha256("manifest"u8)) with
        {
            Snp = null,
            Tdx = new TdxPolicy
            {
                MrTd = [report.MrTd],
                Rtmr = [.. Enumerable.Range(0, 4).Select(register => Expect.AnyOf(report.Rtmr(register)))],
                MrSeam = Expect.AnyOf(report.MrSeam),
                MrOwner = Expect.AnyOf(report.MrOwner),
                MrOwnerConfig = Expect.AnyOf(report.MrOwnerConfig),
                MrServiceTd = Expect.Waived<IReadOnlyList<ByteString>>("a quote of TDX 1.0 has none"),
                Attributes = Expect.Waived<TdxAttributesPolicy>("the others have no such demand"),
                Xfam = Expect.AnyOf(report.Xfam),
                TcbStatuses = [TdxTcbStatus.UpToDate],
                Advisories = Expect.Required<IReadOnlyList<string>>([]),
                MinimumTcbEvaluationDataNumber = Expect.Waived<TdxLimit>("the others have no such demand"),
                CollateralAge = Expect.Waived<TdxLimit>("the others have no such demand"),
                PlatformInstances = Expect.Waived<IReadOnlyList<ByteString>>("the others have no such demand"),
                EventLog = Expect.Waived<TdxEventLog>("none was recorded"),
                Development = false,
            },
        };
        return TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
    }

    private Collateral[] Collateral() =>
        [.. s_pieces.Select(piece => new Collateral(piece, new ByteString(File.ReadAllBytes(Path.Combine(_folder, "collateral", piece)))))];

    private void Verify(TrustRoots roots, Collateral[] collateral)
    {
        if (!EvidenceReader.TryRead(TeeKind.Tdx, _evidence, out Evidence? evidence, out Refusal? refusal)
            || !Appraiser.TryAuthenticate(evidence, _reportData, new EvidenceInputs(roots, s_at) { Own = collateral }, out AuthenticEvidence? report, out refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(report, _policy, _reportData, s_at);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException(verdict.Appraisal.Refusal!.Message);
        }
    }
}
