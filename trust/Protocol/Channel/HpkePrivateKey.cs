using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Protocol.Secrets;
using NSec.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>An X25519 private key of a receiver. It lives in memory that is locked and wiped, and cannot be exported.</summary>
public sealed class HpkePrivateKey : IDisposable
{
    /// <summary>Nsk and Npk: both halves have 32 bytes.</summary>
    public const int Size = 32;

    private readonly Key _key;

    private HpkePrivateKey(Key key)
    {
        _key = key;
        PublicKey = new ByteString(key.Export(KeyBlobFormat.RawPublicKey));
    }

    /// <summary>Gets the public half.</summary>
    public ByteString PublicKey { get; }

    /// <summary>Makes a random key.</summary>
    public static HpkePrivateKey Generate() => new(Key.Create(KeyAgreementAlgorithm.X25519));

    /// <summary>Imports 32 bytes; the caller wipes its own copy.</summary>
    public static HpkePrivateKey Import(ReadOnlySpan<byte> privateKey) =>
        new(Key.Import(KeyAgreementAlgorithm.X25519, privateKey, KeyBlobFormat.RawPrivateKey));

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>The Diffie-Hellman of RFC 9180 section 7.1: no result for a peer's key that leads to zeros (section 7.1.4).</summary>
    internal bool TryAgree(ReadOnlySpan<byte> peer, [NotNullWhen(true)] out SecretKey? shared)
    {
        shared = null;
        if (peer.Length != Size
            || !NSec.Cryptography.PublicKey.TryImport(KeyAgreementAlgorithm.X25519, peer, KeyBlobFormat.RawPublicKey, out PublicKey? key)
            || key is null)
        {
            return false;
        }

        var parameters = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        using SharedSecret? secret = KeyAgreementAlgorithm.X25519.Agree(_key, key, in parameters);
        if (secret is null)
        {
            return false;
        }

        shared = SecretKey.MoveFrom(secret.Export(SharedSecretBlobFormat.RawSharedSecret));
        if (shared.Span.ContainsAnyExcept((byte)0))
        {
            return true;
        }

        shared.Dispose();
        shared = null;
        return false;
    }
}
