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

/// <summary>A guest's evidence in JSON and a policy that accepts it: what a broker verifies.</summary>
internal sealed class SnpWorkload
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ByteString _reportData = new(RandomNumberGenerator.GetBytes(64));
    private readonly byte[] _evidence;
    private readonly SignedTrustPolicy _policy;
    private readonly string _rootPem;

    public SnpWorkload()
    {
        SoftwarePki pki = SoftwarePki.Create();
        _evidence = new SoftwareGuest(pki.MakeChip(), LaunchInputs.Development, null).Evidence(_reportData.Span);
        _rootPem = pki.RootPem;
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        TrustPolicy policy = SamplePolicy.Make(s_now.AddDays(1), new ByteString(new byte[32]), ByteString.Sha256("manifest"u8));
        _policy = TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
    }

    /// <summary>Returns roots that remember nothing: with new ones, every signature is verified.</summary>
    public TrustRoots NewRoots() => TrustRoots.TryWithDevelopment([_rootPem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    public void Verify(TrustRoots roots)
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
}
