using System.Security.Cryptography;

namespace ConfidentialOperator.KeyBroker.Seams;

/// <summary>Secret bytes that are wiped on dispose, are not moved by the collector, and cannot be printed.</summary>
internal sealed class SecretKey : IDisposable
{
    private readonly byte[] _bytes;
    private bool _wiped;

    private SecretKey(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_wiped, this);
            return _bytes;
        }
    }

    /// <summary>Copies the bytes and wipes the source.</summary>
    public static SecretKey MoveFrom(Span<byte> source)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(source.Length, pinned: true);
        source.CopyTo(bytes);
        CryptographicOperations.ZeroMemory(source);
        return new SecretKey(bytes);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _wiped = true;
    }

    public override string ToString() => nameof(SecretKey);
}
