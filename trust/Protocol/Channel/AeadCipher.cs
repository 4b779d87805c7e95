using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Channel;

/// <summary>One AEAD key with a base nonce and a counter (RFC 9180 section 5.2): every message gets the next nonce.</summary>
internal sealed class AeadCipher : IDisposable
{
    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chacha;
    private readonly byte[] _baseNonce;
    private ulong _sequence;

    public AeadCipher(HpkeAead aead, ReadOnlySpan<byte> key, ReadOnlySpan<byte> baseNonce)
    {
        _baseNonce = baseNonce.ToArray();
        if (aead == HpkeAead.ChaCha20Poly1305)
        {
            _chacha = new ChaCha20Poly1305(key);
        }
        else
        {
            _aes = new AesGcm(key, HpkeAeadExtensions.TagLength);
        }
    }

    /// <summary>Seals into <paramref name="output"/>, which is the plaintext's length plus the tag's.</summary>
    public void Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[HpkeAeadExtensions.NonceLength];
        NextNonce(nonce);
        Span<byte> ciphertext = output[..plaintext.Length];
        Span<byte> tag = output[plaintext.Length..];
        if (_aes is not null)
        {
            _aes.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }
        else
        {
            _chacha!.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }
    }

    /// <summary>Opens; a false leaves nothing of the plaintext in <paramref name="output"/>, and the counter where it was.</summary>
    public bool TryOpen(ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associatedData, Span<byte> output)
    {
        if (sealedBytes.Length < HpkeAeadExtensions.TagLength)
        {
            return false;
        }

        Span<byte> nonce = stackalloc byte[HpkeAeadExtensions.NonceLength];
        NextNonce(nonce);
        ReadOnlySpan<byte> ciphertext = sealedBytes[..^HpkeAeadExtensions.TagLength];
        ReadOnlySpan<byte> tag = sealedBytes[^HpkeAeadExtensions.TagLength..];
        try
        {
            if (_aes is not null)
            {
                _aes.Decrypt(nonce, ciphertext, tag, output[..ciphertext.Length], associatedData);
            }
            else
            {
                _chacha!.Decrypt(nonce, ciphertext, tag, output[..ciphertext.Length], associatedData);
            }

            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(output[..ciphertext.Length]);
            _sequence--;
            return false;
        }
    }

    public void Dispose()
    {
        _aes?.Dispose();
        _chacha?.Dispose();
        CryptographicOperations.ZeroMemory(_baseNonce);
    }

    private void NextNonce(Span<byte> nonce)
    {
        _baseNonce.CopyTo(nonce);
        Span<byte> low = nonce[^sizeof(ulong)..];
        BinaryPrimitives.WriteUInt64BigEndian(low, BinaryPrimitives.ReadUInt64BigEndian(low) ^ _sequence);
        _sequence++;
    }
}
