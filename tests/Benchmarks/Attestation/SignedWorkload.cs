using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Benchmarks.Attestation;

/// <summary>Evidence of software hardware, and the bare signatures in it: the work below which no verifier can go.</summary>
internal abstract class SignedWorkload : VerifyWorkload
{
    private readonly byte[] _data = RandomNumberGenerator.GetBytes(1024);
    private readonly List<IDisposable> _keys = [];

    /// <summary>Gets the metric's name.</summary>
    public abstract string Metric { get; }

    /// <summary>Gets the number and kind of the signatures, with and without those that are remembered.</summary>
    public abstract (string Whole, string Remembered) Floor { get; }

    /// <summary>Checks the bare signatures.</summary>
    public abstract void CheckSignatures(bool remembered);

    protected abstract TeeKind Tee { get; }

    /// <summary>Gets the JSON in which a guest sends the evidence.</summary>
    protected abstract byte[] Json { get; }

    protected override bool TryRead([NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        EvidenceReader.TryRead(Tee, Json, out evidence, out refusal);

    protected override void Dispose(bool disposing)
    {
        _keys.ForEach(key => key.Dispose());
        base.Dispose(disposing);
    }

    /// <summary>Returns a check of one signature of a key on P-384.</summary>
    protected Action CheckOfP384() => CheckOf(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, out _);

    /// <summary>Returns a check of one signature of a key on P-256, and one under a key that must be made ready first.</summary>
    protected (Action Ready, Action New) CheckOfP256()
    {
        Action ready = CheckOf(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, out (ECParameters Key, byte[] Signature) made);
        return (ready, () =>
        {
            using ECDsa key = ECDsa.Create(made.Key);
            key.VerifyData(_data, made.Signature, HashAlgorithmName.SHA256);
        }
        );
    }

    /// <summary>Returns a check of one signature of an RSA key.</summary>
    protected Action CheckOfRsa(int size, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        RSA key = Keep(RSA.Create(size));
        byte[] signature = key.SignData(_data, hash, padding);
        return () => key.VerifyData(_data, signature, hash, padding);
    }

    private Action CheckOf(ECCurve curve, HashAlgorithmName hash, out (ECParameters Key, byte[] Signature) made)
    {
        ECDsa key = Keep(ECDsa.Create(curve));
        byte[] signature = key.SignData(_data, hash);
        made = (key.ExportParameters(false), signature);
        return () => key.VerifyData(_data, signature, hash);
    }

    private T Keep<T>(T key)
        where T : IDisposable
    {
        _keys.Add(key);
        return key;
    }
}
