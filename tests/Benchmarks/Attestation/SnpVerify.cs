using System.Diagnostics;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Samples;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// d1: verifying SEV-SNP evidence in full, with the owner's policy, against its bare signatures: three of RSA-4096 (root, intermediate, chip) and one of
/// P-384 (report). Both are counted per second on one thread.
/// </summary>
internal sealed class SnpVerify : IBenchmark
{
    private const int Runs = 300;
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly byte[] _data = RandomNumberGenerator.GetBytes(1024);
    private readonly RSA _rsa = RSA.Create(4096);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private byte[] _rsaSignature = [];
    private byte[] _ecdsaSignature = [];
    private byte[] _evidence = [];
    private ByteString _reportData = ByteString.Empty;
    private SignedTrustPolicy _policy = null!;
    private string _rootPem = "";

    public string Metric => "d1";

    public string Goal => ">= 0.60 with OpenSSL 3.0, >= 0.80 with 3.5 and later";

    public string Unit => "verifications per second";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _rsaSignature = _rsa.SignData(_data, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        _ecdsaSignature = _ecdsa.SignData(_data, HashAlgorithmName.SHA384);
        SoftwarePki pki = SoftwarePki.Create();
        var guest = new SoftwareGuest(pki.MakeChip(), LaunchInputs.Development, null);
        _reportData = new ByteString(RandomNumberGenerator.GetBytes(64));
        _evidence = guest.Evidence(_reportData.Span);
        _rootPem = pki.RootPem;
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        TrustPolicy policy = SamplePolicy.Make(s_now.AddDays(1), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8));
        _policy = TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        // Roots remember the chains that they have seen; each run gets its own, so that every signature is verified every time.
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => Roots())];
        return Task.FromResult(PerSecond(run => Verify(roots[run])));
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(PerSecond(_ =>
    {
        for (int signature = 0; signature < 3; signature++)
        {
            _rsa.VerifyData(_data, _rsaSignature, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        }

        _ecdsa.VerifyData(_data, _ecdsaSignature, HashAlgorithmName.SHA384);
    }));

    public ValueTask DisposeAsync()
    {
        _rsa.Dispose();
        _ecdsa.Dispose();
        return ValueTask.CompletedTask;
    }

    private TrustRoots Roots() => TrustRoots.TryWithDevelopment([_rootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    private void Verify(TrustRoots roots)
    {
        if (!EvidenceReader.TryRead(TeeKind.Snp, _evidence, out Evidence? evidence, out Refusal? refusal)
            || !Appraiser.TryAuthenticate(evidence, _reportData, new EvidenceInputs(roots, s_now), out AuthenticEvidence? report, out refusal))
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
