using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Keys;

/// <summary>The key that signs receipts; its public half stands in the keyset.</summary>
internal sealed class ReceiptKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ReceiptKey() => Public = new ByteString(_key.ExportSubjectPublicKeyInfo());

    /// <summary>Gets the public half (SubjectPublicKeyInfo).</summary>
    public ByteString Public { get; }

    public void Dispose() => _key.Dispose();
}
