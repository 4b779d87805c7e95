using System.Globalization;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// Recorded evidence of real hardware, verified by us and by a verifier that others wrote, side by side: the same files, the whole chain, report and policy,
/// one after the other on one thread, counted per second of processor time. Ours remembers the chain or nothing; the others remember nothing.
/// </summary>
internal sealed class SnpPeer(string name, string program, string dash, bool remembered) : IBenchmark
{
    private const int Runs = 200;
    private const int WarmUp = 2000;
    private const string Item = "snp-v3-genoa-routex";
    private const string At = "2026-03-01T00:00:00Z";

    private static readonly DateTimeOffset s_at = DateTimeOffset.Parse(At, CultureInfo.InvariantCulture);

    private byte[] _report = [];
    private Collateral[] _certificates = [];
    private SignedTrustPolicy _policy = null!;
    private string _program = "";
    private string _folder = "";

    public string Metric => $"d1-{name}{(remembered ? "-remembered" : "")}";

    public string Goal => remembered ? ">= 3.00" : "> 1.00";

    public string Unit => "verifications per second of processor time";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _program = SharedFolder.Find(Path.Combine("peers", program));
        _folder = SharedFolder.Find(Path.Combine("vectors", Item));
        _report = File.ReadAllBytes(Path.Combine(_folder, "report.bin"));
        _certificates = [.. ((string[])["vcek.der", "chain.pem"]).Select(file => new Collateral(file, new ByteString(File.ReadAllBytes(Path.Combine(_folder, file)))))];
        _policy = Sign(SnpReport.TryParse(_report, out SnpReport? report, out Refusal? refusal) ? report : throw new InvalidDataException(refusal.Message));

        // A verifier runs for days: what its code costs before the compiler is done with it is not what is compared.
        TrustRoots roots = NewRoots();
        for (int run = 0; run < WarmUp; run++)
        {
            Verify(remembered ? roots : NewRoots());
        }

        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        TrustRoots known = NewRoots();
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => remembered ? known : NewRoots())];
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int run = 0; run < Runs; run++)
        {
            Verify(roots[run]);
        }

        return Task.FromResult(Runs / (Environment.CpuUsage.TotalTime - start).TotalSeconds);
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => PeerProcess.MeasureAsync(_program, _folder,
    [
        "sev-check", $"{dash}report", "report.bin", $"{dash}vcek", "vcek.der", $"{dash}chain", "chain.pem", $"{dash}at", At, $"{dash}bench", $"{Runs}",
        .. dash == "-" ? ["-offline", "-q"] : Array.Empty<string>(),
    ], cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The vendors' roots with nothing remembered.</summary>
    private static TrustRoots NewRoots() => TrustRoots.TryWithDevelopment([], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    private static SignedTrustPolicy Sign(SnpReport report)
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        TrustPolicy policy = SamplePolicy.Make(s_at.AddDays(1), report.HostData, ByteString.Sha256("manifest"u8));
        policy = policy with
        {
            Snp = policy.Snp! with
            {
                Measurements = [report.Measurement],
                MinimumTcb = Expect.Required<IReadOnlyDictionary<SnpProduct, SnpTcb>>(new Dictionary<SnpProduct, SnpTcb> { [SnpProduct.Genoa] = report.ReportedTcb }),
                Chips = Expect.AnyOf(report.ChipId),
                Development = false,
            },
        };
        return TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
    }

    private void Verify(TrustRoots roots)
    {
        if (!SnpReport.TryParse(_report, out SnpReport? report, out Refusal? refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        Authentication authentication = SnpVerifier.Authenticate(report, SnpEndorsements.Read([], _certificates), roots, s_at);
        if (authentication.Evidence is not { } evidence)
        {
            throw new InvalidOperationException(authentication.Refusal!.Message);
        }

        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(evidence, _policy, report.ReportData, s_at);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException(verdict.Appraisal.Refusal!.Message);
        }
    }
}
