using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>One piece of evidence with its policy, and the bare signatures in it: the work below which no verifier can go.</summary>
internal abstract class VerifyWorkload : IDisposable
{
    /// <summary>Gets the time of all verifications.</summary>
    protected static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly byte[] _data = RandomNumberGenerator.GetBytes(1024);
    private readonly List<IDisposable> _keys = [];

    /// <summary>Gets the metric's name.</summary>
    public abstract string Metric { get; }

    /// <summary>Gets the number and kind of the signatures, with and without those of the chain.</summary>
    public abstract (string Whole, string Remembered) Floor { get; }

    protected abstract TeeKind Tee { get; }

    protected abstract byte[] Evidence { get; }

    protected abstract ByteString ReportData { get; }

    protected abstract SignedTrustPolicy Policy { get; }

    /// <summary>Checks the bare signatures.</summary>
    public abstract void CheckSignatures(bool remembered);

    /// <summary>Returns roots that remember nothing.</summary>
    public abstract TrustRoots NewRoots();

    /// <summary>Reads the JSON, authenticates, and asks the policy.</summary>
    public void Verify(TrustRoots roots)
    {
        if (!EvidenceReader.TryRead(Tee, Evidence, out ConfidentialOperator.Attestation.Evidence? evidence, out Refusal? refusal)
            || !Appraiser.TryAuthenticate(evidence, ReportData, new EvidenceInputs(roots, Now), out AuthenticEvidence? authentic, out refusal))
        {
            throw new InvalidOperationException(refusal.Message);
        }

        Verdict<AttestedWorkload> verdict = Appraiser.Appraise(authentic, Policy, ReportData, Now);
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException(verdict.Appraisal.Refusal!.Message);
        }
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    protected static TrustRoots RootsOf(string pem) => TrustRoots.TryWithDevelopment([pem], out TrustRoots? roots, out Refusal? refusal)
        ? roots : throw new InvalidOperationException(refusal.Message);

    protected static SignedTrustPolicy Sign(TrustPolicy policy)
    {
        using OwnerKey owner = OwnerKey.Generate(OwnerKeyAlgorithm.EcdsaP256);
        return TrustPolicy.TryOpen(policy.Sign(owner).ToJson(), [owner.PublicKey], out SignedTrustPolicy? opened, out Refusal? refusal)
            ? opened : throw new InvalidOperationException(refusal.Message);
    }

    /// <summary>Returns a check of one signature of a key on P-384.</summary>
    protected Action CheckOfP384()
    {
        ECDsa key = Keep(ECDsa.Create(ECCurve.NamedCurves.nistP384));
        byte[] signature = key.SignData(_data, HashAlgorithmName.SHA384);
        return () => key.VerifyData(_data, signature, HashAlgorithmName.SHA384);
    }

    /// <summary>Returns a check of one signature of an RSA key.</summary>
    protected Action CheckOfRsa(int size, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        RSA key = Keep(RSA.Create(size));
        byte[] signature = key.SignData(_data, hash, padding);
        return () => key.VerifyData(_data, signature, hash, padding);
    }

    private T Keep<T>(T key)
        where T : IDisposable
    {
        _keys.Add(key);
        return key;
    }
}
