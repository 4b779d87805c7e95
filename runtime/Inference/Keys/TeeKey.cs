using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>The key that the broker wraps secrets for. It is made at the start, lives as long as the process and is never exported.</summary>
internal sealed class TeeKey : IDisposable
{
    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    public TeeKey() => Public = TeePublicKey.From(_key);

    public TeePublicKey Public { get; }

    /// <summary>Opens what the broker wrapped.</summary>
    public bool TryUnwrap(ReadOnlyMemory<byte> jwe, [NotNullWhen(true)] out SecretKey? secret, [NotNullWhen(false)] out Refusal? refusal) =>
        Jwe.TryOpen(jwe, _key, out secret, out refusal);

    public void Dispose() => _key.Dispose();
}
