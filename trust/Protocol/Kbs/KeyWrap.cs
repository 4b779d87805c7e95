using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Kbs;

/// <summary>AES key wrap (RFC 3394) with its default initial value: 8 bytes longer than the key, and authenticated.</summary>
internal static class KeyWrap
{
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;
    private const int Block = 8;
    private const int Rounds = 6;

    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        byte[] wrapped = GC.AllocateArray<byte>(key.Length + Block, pinned: true);
        key.CopyTo(wrapped.AsSpan(Block));
        BinaryPrimitives.WriteUInt64BigEndian(wrapped, InitialValue);
        using Aes aes = Cipher(wrappingKey);
        int blocks = key.Length / Block;
        Span<byte> buffer = stackalloc byte[2 * Block];
        for (ulong step = 1; step <= (ulong)(Rounds * blocks); step++)
        {
            Span<byte> part = wrapped.AsSpan((int)((((step - 1) % (ulong)blocks) + 1) * Block), Block);
            wrapped.AsSpan(0, Block).CopyTo(buffer);
            part.CopyTo(buffer[Block..]);
            aes.EncryptEcb(buffer, buffer, PaddingMode.None);
            BinaryPrimitives.WriteUInt64BigEndian(wrapped, BinaryPrimitives.ReadUInt64BigEndian(buffer) ^ step);
            buffer[Block..].CopyTo(part);
        }

        CryptographicOperations.ZeroMemory(buffer);
        return wrapped;
    }

    /// <summary>Unwraps a key; null when the wrapped key is not authentic. The caller wipes the result.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < 3 * Block || wrapped.Length % Block != 0)
        {
            return null;
        }

        byte[] work = GC.AllocateArray<byte>(wrapped.Length, pinned: true);
        wrapped.CopyTo(work);
        using Aes aes = Cipher(wrappingKey);
        int blocks = (work.Length / Block) - 1;
        Span<byte> buffer = stackalloc byte[2 * Block];
        for (ulong step = (ulong)(Rounds * blocks); step >= 1; step--)
        {
            Span<byte> part = work.AsSpan((int)((((step - 1) % (ulong)blocks) + 1) * Block), Block);
            BinaryPrimitives.WriteUInt64BigEndian(buffer, BinaryPrimitives.ReadUInt64BigEndian(work) ^ step);
            part.CopyTo(buffer[Block..]);
            aes.DecryptEcb(buffer, buffer, PaddingMode.None);
            buffer[..Block].CopyTo(work);
            buffer[Block..].CopyTo(part);
        }

        CryptographicOperations.ZeroMemory(buffer);
        Span<byte> initial = stackalloc byte[Block];
        BinaryPrimitives.WriteUInt64BigEndian(initial, InitialValue);
        bool authentic = CryptographicOperations.FixedTimeEquals(initial, work.AsSpan(0, Block));
        byte[]? key = authentic ? GC.AllocateArray<byte>(work.Length - Block, pinned: true) : null;
        if (key is not null)
        {
            work.AsSpan(Block).CopyTo(key);
        }

        CryptographicOperations.ZeroMemory(work);
        return key;
    }

    private static Aes Cipher(ReadOnlySpan<byte> key)
    {
        Aes aes = Aes.Create();
        aes.SetKey(key);
        return aes;
    }
}
