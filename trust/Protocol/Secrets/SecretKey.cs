using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Secrets;

/// <summary>Secret bytes that are wiped on dispose, are not moved by the collector, and cannot be printed, serialized or compared by accident.</summary>
public sealed class SecretKey : IDisposable
{
    private readonly byte[] _bytes;
    private bool _wiped;

    private SecretKey(byte[] pinned) => _bytes = pinned;

    /// <summary>Gets the number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Gets the secret; throws once it is wiped. A method would hide less, but a span cannot be stored on the heap.</summary>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_wiped, this);
            return _bytes;
        }
    }

    /// <summary>Makes a random secret.</summary>
    public static SecretKey Generate(int length) => Create(length, RandomNumberGenerator.Fill);

    /// <summary>Copies the bytes and wipes the source.</summary>
    public static SecretKey MoveFrom(Span<byte> source)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(source.Length, pinned: true);
        source.CopyTo(pinned);
        CryptographicOperations.ZeroMemory(source);
        return new SecretKey(pinned);
    }

    /// <summary>Lets a computation write its result straight into the secret's own memory.</summary>
    public static SecretKey Create(int length, SecretWriter write)
    {
        ArgumentNullException.ThrowIfNull(write);
        byte[] pinned = GC.AllocateArray<byte>(length, pinned: true);
        write(pinned);
        return new SecretKey(pinned);
    }

    /// <summary>Compares two secrets in constant time.</summary>
    public bool FixedTimeEquals(SecretKey other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(Span, other.Span);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _wiped = true;
    }

    /// <summary>Returns the name of the type, never the secret.</summary>
    public override string ToString() => nameof(SecretKey);
}
