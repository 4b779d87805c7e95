using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Sealing;

/// <summary>
/// The key of one sealed file. Every chunk has its number and whether it is the last in its nonce, and the header as associated data, so no chunk can
/// stand in another's place, and none can be left out. Not for several threads at once.
/// </summary>
internal sealed class SealedFileCipher : IDisposable
{
    public const int KeySize = 32;

    private const int NonceSize = 12;
    private const int CounterAt = 7;

    private readonly byte[] _header;
    private readonly AesGcm _aes;

    public SealedFileCipher(SealedFileLayout layout, SecretKey fileKey)
    {
        _header = layout.Header();
        _aes = new AesGcm(fileKey.Span, SealedFileLayout.TagSize);
    }

    private static ReadOnlySpan<byte> FileLabel => "confidential-operator.dev/seal/v1"u8;

    private static ReadOnlySpan<byte> CheckLabel => "confidential-operator.dev/seal-key-check/v1"u8;

    /// <summary>Derives the key of a file.</summary>
    public static SecretKey FileKey(SecretKey modelKey, SealedFileLayout layout)
    {
        byte[] info = [.. FileLabel, .. layout.ManifestId.Span, .. Encoding.UTF8.GetBytes(layout.Name)];
        return SecretKey.Create(KeySize, place => HKDF.DeriveKey(HashAlgorithmName.SHA256, modelKey.Span, place, layout.Salt.Span, info));
    }

    /// <summary>Derives the public value that tells a wrong model key before anything is opened, and commits to the right one.</summary>
    public static ByteString KeyCheck(SecretKey modelKey, ByteString manifestId)
    {
        Span<byte> check = stackalloc byte[KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, modelKey.Span, check, manifestId.Span, CheckLabel);
        return new ByteString(check);
    }

    /// <summary>Seals into <paramref name="output"/>: the ciphertext, then the tag.</summary>
    public void Seal(long chunk, bool last, ReadOnlySpan<byte> plaintext, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(chunk, last, nonce);
        _aes.Encrypt(nonce, plaintext, output[..plaintext.Length], output[plaintext.Length..], _header);
    }

    /// <summary>Opens; a false leaves nothing of the plaintext in <paramref name="output"/>.</summary>
    public bool TryOpen(long chunk, bool last, ReadOnlySpan<byte> sealedChunk, Span<byte> output)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(chunk, last, nonce);
        try
        {
            _aes.Decrypt(nonce, sealedChunk[..output.Length], sealedChunk[output.Length..], output, _header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(output);
            return false;
        }
    }

    public void Dispose() => _aes.Dispose();

    private static void WriteNonce(long chunk, bool last, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[CounterAt..], (uint)chunk);
        nonce[^1] = last ? (byte)1 : (byte)0;
    }
}
