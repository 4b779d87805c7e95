using System.Diagnostics;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>
/// d4: verifying the evidence of one GPU in full, with the owner's policy, against its bare signatures, all P-384 with SHA-384. With nothing remembered these are
/// ten: four of the device's chain and one of its report, one of each of the two documents with reference values, and three of their signer's chain. With chains and
/// reference values remembered, as a broker runs, it is one: the report's.
/// </summary>
internal sealed class NvidiaVerify(bool isRemembered) : IBenchmark
{
    private const int SignaturesWithoutMemory = 10;
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ByteString s_nonce = ByteString.Sha256("nonce"u8);

    private readonly byte[] _data = RandomNumberGenerator.GetBytes(4096);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly int _runs = isRemembered ? 500 : 100;
    private byte[] _signature = [];
    private byte[] _evidence = [];
    private Collateral[] _collateral = [];
    private string _rootPem = "";
    private TrustRoots _remembering = TrustRoots.BuiltIn;
    private bool _isReported;

    public string Metric => isRemembered ? "d4-remembered" : "d4";

    public string Goal => "no more than 15 ms with the CPU's evidence";

    public string Unit => "verifications per second";

    public int Rounds => 5;

    public Task PrepareAsync(CancellationToken cancellationToken)
    {
        _signature = _ecdsa.SignData(_data, HashAlgorithmName.SHA384);
        SoftwareNvidiaPki pki = SoftwareNvidiaPki.Create();
        SoftwareRimSigner signer = pki.MakeRimSigner();
        _evidence = NvidiaDeviceEvidence.ToJsonList([pki.MakeDevice().Attest(new SoftwareDeviceReport { Nonce = s_nonce })]);
        _collateral =
        [
            new(DeviceVerifier.DriverRimKind, signer.Sign(new SoftwareRim { Version = "550.90.07", Active = SoftwareRim.Matching([7, .. Enumerable.Range(21, 20)]) })),
            new(DeviceVerifier.VbiosRimKind, signer.Sign(new SoftwareRim { Version = "96.00.9F.00.01", Active = SoftwareRim.Matching(Enumerable.Range(0, 7)) })),
        ];
        _rootPem = pki.RootPem;
        _remembering = Roots();
        return Task.CompletedTask;
    }

    public Task<double> OursAsync(CancellationToken cancellationToken)
    {
        // Roots remember what they have seen; each run gets its own, so that every signature is verified every time.
        TrustRoots[] roots = [.. Enumerable.Range(0, _runs).Select(_ => isRemembered ? _remembering : Roots())];
        long before = GC.GetAllocatedBytesForCurrentThread();
        double perSecond = PerSecond(run => Verify(roots[run]));
        if (!_isReported)
        {
            Console.Error.WriteLine($"{Metric}: {(GC.GetAllocatedBytesForCurrentThread() - before) / _runs} bytes allocated per verification");
            _isReported = true;
        }

        return Task.FromResult(perSecond);
    }

    public Task<double> ReferenceAsync(CancellationToken cancellationToken) => Task.FromResult(PerSecond(_ =>
    {
        for (int signature = 0; signature < (isRemembered ? 1 : SignaturesWithoutMemory); signature++)
        {
            _ecdsa.VerifyData(_data, _signature, HashAlgorithmName.SHA384);
        }
    }));

    public ValueTask DisposeAsync()
    {
        _ecdsa.Dispose();
        return ValueTask.CompletedTask;
    }

    private TrustRoots Roots() => TrustRoots.TryWithDevelopment([_rootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    private void Verify(TrustRoots roots)
    {
        DeviceVerdict verdict = DeviceVerifier.Verify(_evidence, s_policy, s_nonce, _collateral, roots, s_now);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException(verdict.Refusal!.Message);
        }
    }

    private static readonly GpuPolicy s_policy = new()
    {
        Count = new GpuCount(1, 0),
        Architectures = [NvidiaArchitecture.Hopper],
        DriverVersions = Expect.AnyOf("550.90.07"),
        VbiosVersions = Expect.AnyOf("96.00.9F.00.01"),
        DriverRim = Expect.Required(new GpuReferenceValues(false)),
        VbiosRim = Expect.Required(new GpuReferenceValues(false)),
        Revocation = Expect.Waived<GpuRevocation>("answers of responders are of a day and measured by themselves"),
        Modes = Expect.AnyOf(GpuMode.SinglePassthrough),
        Development = true,
    };

    private double PerSecond(Action<int> work)
    {
        long start = Stopwatch.GetTimestamp();
        for (int run = 0; run < _runs; run++)
        {
            work(run);
        }

        return _runs / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
