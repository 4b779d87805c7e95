using System.Diagnostics;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// d1-tdx: verifying TDX evidence in full, with collateral, both revocation lists and the owner's policy, against its bare signatures: nine of P-256 (quote,
/// quoting enclave, PCK, platform CA, TCB signing, TCB info, enclave identity, two lists) under four keys that must be made ready first, and the root's, which
/// is ready. In <c>d1-tdx-cached</c> collateral and what vouches for the platform's quoting enclave are remembered, as a broker has them: then it is one
/// signature under a key that is ready.
/// </summary>
internal sealed class TdxVerify(bool isCached) : IBenchmark
{
    private const int Runs = 500;
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly byte[] _data = RandomNumberGenerator.GetBytes(1024);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly SoftwareTdxPki _pki = new();
    private readonly ByteString _reportData = new(RandomNumberGenerator.GetBytes(64));
    private ECParameters _key;
    private byte[] _signature = [];
    private byte[] _evidence = [];
    private IReadOnlyList<Collateral> _collateral = [];
    private SignedTrustPolicy _policy = null!;

    public string Metric => isCached ? "d1-tdx-cached" : "d1-tdx";

    public string Goal => isCached ? "3 times the best peer; the ratio is to 1 bare signature" : ">= 0.60 of 9 signatures under 4 new keys";

    public string Unit => "verifications per second";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _key = _ecdsa.ExportParameters(false);
        _signature = _ecdsa.SignData(_data, HashAlgorithmName.SHA256);
        var quote = new SoftwareQuote { ReportData = _reportData };
        _evidence = new TdxEvidence { Quote = _pki.MakePlatform().Sign(quote) }.ToJson();
        _collateral = new SoftwareTdxCollateral(_pki).Make();
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        TrustPolicy policy = SamplePolicy.Make(s_now.AddDays(1), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8)) with { Snp = null, Tdx = SampleTdxPolicy.Make(quote) };
        _policy = TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Verify(Roots(), _collateral);
        Console.Error.WriteLine($"{Metric}: the first verification allocates {(GC.GetAllocatedBytesForCurrentThread() - before) / 1024} KiB");
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        // Roots remember what they have seen, and collateral is remembered with its bytes; without the cache each run gets its own of both.
        TrustRoots shared = Roots();
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => isCached ? shared : Roots())];
        IReadOnlyList<Collateral>[] collateral = [.. Enumerable.Range(0, Runs).Select(_ => isCached ? _collateral : Copy())];
        return Task.FromResult(PerSecond(run => Verify(roots[run], collateral[run])));
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(PerSecond(_ =>
    {
        for (int key = 0; key < (isCached ? 0 : 4); key++)
        {
            using ECDsa made = ECDsa.Create(_key);
            made.VerifyData(_data, _signature, HashAlgorithmName.SHA256);
        }

        for (int signature = 0; signature < (isCached ? 1 : 5); signature++)
        {
            _ecdsa.VerifyData(_data, _signature, HashAlgorithmName.SHA256);
        }
    }));

    public ValueTask DisposeAsync()
    {
        _ecdsa.Dispose();
        return ValueTask.CompletedTask;
    }

    private IReadOnlyList<Collateral> Copy() => [.. _collateral.Select(piece => piece with { Data = new ByteString(piece.Data.Span) })];

    private TrustRoots Roots()
    {
        if (!TrustRoots.TryWithDevelopment([_pki.RootPem], out TrustRoots? roots, out Refusal? refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        return roots.For(Vendor.Intel).All(anchor => anchor.Root.P256Key is not null) ? roots : throw new InvalidOperationException("A root has another key.");
    }

    private void Verify(TrustRoots roots, IReadOnlyList<Collateral> collateral)
    {
        if (!EvidenceReader.TryRead(TeeKind.Tdx, _evidence, out Evidence? evidence, out Refusal? refusal)
            || !Appraiser.TryAuthenticate(evidence, _reportData, new EvidenceInputs(roots, s_now) { Own = collateral }, out AuthenticEvidence? report, out refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(report, _policy, _reportData, s_now);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException(verdict.Appraisal.Refusal!.Message);
        }
    }

    private static double PerSecond(Action<int> work)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < Runs; run++)
        {
            work(run);
        }

        return Runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
