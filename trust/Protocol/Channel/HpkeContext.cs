using System.Security.Cryptography;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>An established HPKE context of either side (RFC 9180 section 5): seals or opens in order, and exports secrets.</summary>
public sealed class HpkeContext : IDisposable
{
    private readonly AeadCipher _cipher;
    private readonly SecretKey _exporter;
    private readonly byte[] _suite;

    internal HpkeContext(HpkeAead aead, byte[] suite, ByteString encapsulated, AeadCipher cipher, SecretKey exporter)
    {
        Aead = aead;
        Encapsulated = encapsulated;
        _suite = suite;
        _cipher = cipher;
        _exporter = exporter;
    }

    /// <summary>Gets the AEAD of the context.</summary>
    public HpkeAead Aead { get; }

    /// <summary>Gets <c>enc</c>: the sender's ephemeral public key.</summary>
    public ByteString Encapsulated { get; }

    /// <summary>Seals the next message.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData = default)
    {
        byte[] output = new byte[plaintext.Length + HpkeAeadExtensions.TagLength];
        _cipher.Seal(plaintext, associatedData, output);
        return output;
    }

    /// <summary>Opens the next message; false when it does not authenticate.</summary>
    public bool TryOpen(ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> associatedData, Span<byte> plaintext) =>
        _cipher.TryOpen(ciphertext, associatedData, plaintext);

    /// <summary>Exports a secret for another use (RFC 9180 section 5.3).</summary>
    public SecretKey Export(ReadOnlySpan<byte> context, int length)
    {
        byte[] info = context.ToArray();
        return SecretKey.Create(length, secret => HpkeLabels.Expand(_suite, _exporter.Span, "sec"u8, info, secret));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cipher.Dispose();
        _exporter.Dispose();
        CryptographicOperations.ZeroMemory(_suite);
    }

    internal AeadCipher Cipher => _cipher;
}
