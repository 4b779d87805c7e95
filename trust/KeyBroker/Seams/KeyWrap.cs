using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>AES key wrap (RFC 3394), which the base library does not offer.</summary>
internal static class KeyWrap
{
    private const int Block = 8;

    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        byte[] result = new byte[key.Length + Block];
        key.CopyTo(result.AsSpan(Block));
        Span<byte> a = result.AsSpan(0, Block);
        a.Fill(0xA6);
        Span<byte> state = stackalloc byte[2 * Block];
        using Aes aes = Aes.Create();
        aes.SetKey(wrappingKey);
        int count = key.Length / Block;
        for (int step = 0; step < 6 * count; step++)
        {
            Span<byte> r = result.AsSpan(Block + step % count * Block, Block);
            a.CopyTo(state);
            r.CopyTo(state[Block..]);
            aes.EncryptEcb(state, state, PaddingMode.None);
            ulong t = BinaryPrimitives.ReadUInt64BigEndian(state) ^ (ulong)(step + 1);
            BinaryPrimitives.WriteUInt64BigEndian(a, t);
            state[Block..].CopyTo(r);
        }

        CryptographicOperations.ZeroMemory(state);
        return result;
    }
}
