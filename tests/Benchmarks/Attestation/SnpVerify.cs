using System.Security.Cryptography;
using ConfidentialOperator.Attestation;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// d1: verifying SEV-SNP evidence in full, JSON and owner's policy included, against bare signatures through the same platform. With nothing remembered the
/// floor is three of RSA-4096 (root, intermediate, chip) and one of P-384 (report); with the chain remembered, as in a broker that knows the chip, one of P-384.
/// Both are counted per second of processor time, on one thread.
/// </summary>
internal sealed class SnpVerify(bool remembered) : IBenchmark
{
    private const int Runs = 300;

    private readonly byte[] _data = RandomNumberGenerator.GetBytes(1024);
    private readonly RSA _rsa = RSA.Create(4096);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly SnpWorkload _workload = new();
    private byte[] _rsaSignature = [];
    private byte[] _ecdsaSignature = [];

    public string Metric => remembered ? "d1-remembered" : "d1";

    public string Goal => ">= 0.60 with OpenSSL 3.0, >= 0.80 with 3.5 and later";

    public string Unit => "verifications per second of processor time";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _rsaSignature = _rsa.SignData(_data, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        _ecdsaSignature = _ecdsa.SignData(_data, HashAlgorithmName.SHA384);
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        // Roots remember the chains that they have seen; when nothing may be remembered, each run gets its own.
        TrustRoots known = _workload.NewRoots();
        TrustRoots[] roots = [.. Enumerable.Range(0, Runs).Select(_ => remembered ? known : _workload.NewRoots())];
        return Task.FromResult(PerSecond(run => _workload.Verify(roots[run])));
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(PerSecond(_ =>
    {
        for (int signature = 0; signature < (remembered ? 0 : 3); signature++)
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

    /// <summary>Counts per second of this process's processor time: other work on the machine disturbs it less than the time on the wall.</summary>
    private static double PerSecond(Action<int> work)
    {
        TimeSpan start = Environment.CpuUsage.TotalTime;
        for (int run = 0; run < Runs; run++)
        {
            work(run);
        }

        return Runs / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }
}
