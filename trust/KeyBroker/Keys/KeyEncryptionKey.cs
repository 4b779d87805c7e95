using System.Buffers.Text;
using System.Security.Cryptography;
using ConfidentialOperator.KeyBroker.Storage;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.KeyBroker.Keys;

/// <summary>
/// The key that wraps every key at rest: AES-256-GCM, a fresh random nonce each time, the place of the value as associated data, so that
/// a row copied to another place does not open.
/// </summary>
internal sealed class KeyEncryptionKey : IDisposable
{
    public const int Size = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly SecretKey _key;

    private KeyEncryptionKey(SecretKey key) => _key = key;

    /// <summary>Reads the key: 32 bytes in base64, with or without a line end.</summary>
    public static KeyEncryptionKey Load(string path)
    {
        PrivateFile.DemandPrivate(path);
        byte[] text = File.ReadAllBytes(path);
        Span<byte> key = stackalloc byte[Size + 3];
        try
        {
            ReadOnlySpan<byte> trimmed = text.AsSpan().Trim("\r\n "u8);
            if (Base64.DecodeFromUtf8(trimmed, key, out int consumed, out int written) != System.Buffers.OperationStatus.Done
                || consumed != trimmed.Length || written != Size)
            {
                throw new InvalidDataException($"The file '{path}' does not hold 32 bytes in base64.");
            }

            return new KeyEncryptionKey(SecretKey.MoveFrom(key[..Size]));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public WrappedValue Wrap(ReadOnlySpan<byte> value, ReadOnlySpan<byte> place)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        byte[] ciphertext = new byte[value.Length];
        byte[] tag = new byte[TagSize];
        using var cipher = new AesGcm(_key.Span, TagSize);
        cipher.Encrypt(nonce, value, ciphertext, tag, place);
        return new WrappedValue(nonce, ciphertext, tag);
    }

    /// <summary>Opens a wrapped value; null when it was not wrapped by this key for this place.</summary>
    public SecretKey? Unwrap(WrappedValue wrapped, ReadOnlySpan<byte> place)
    {
        if (wrapped.Nonce.Length != NonceSize || wrapped.Tag.Length != TagSize)
        {
            return null;
        }

        byte[] where = place.ToArray();
        using var cipher = new AesGcm(_key.Span, TagSize);
        try
        {
            return SecretKey.Create(wrapped.Ciphertext.Length, value => cipher.Decrypt(wrapped.Nonce, wrapped.Ciphertext, wrapped.Tag, value, where));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public void Dispose() => _key.Dispose();
}
