using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol;

/// <summary>Immutable bytes whose equality takes the same time wherever they differ; they print as lower-case hex.</summary>
public sealed class ByteString : IEquatable<ByteString>
{
    private readonly byte[] _bytes;

    private ByteString(byte[] owned) => _bytes = owned;

    /// <summary>Copies the bytes.</summary>
    public ByteString(ReadOnlySpan<byte> bytes)
        : this(bytes.ToArray())
    {
    }

    /// <summary>Gets the string of no bytes.</summary>
    public static ByteString Empty { get; } = new([]);

    /// <summary>Gets the number of bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>Gets the bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Gets the bytes as memory that may be kept.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>Compares in constant time.</summary>
    public static bool operator ==(ByteString? left, ByteString? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Compares in constant time.</summary>
    public static bool operator !=(ByteString? left, ByteString? right) => !(left == right);

    /// <summary>Takes over bytes that nobody else holds.</summary>
    internal static ByteString Own(byte[] bytes) => new(bytes);

    /// <summary>Returns the SHA-256 of the data.</summary>
    public static ByteString Sha256(ReadOnlySpan<byte> data) => new(SHA256.HashData(data));

    /// <summary>Reads hex that the program itself wrote; throws <see cref="FormatException"/> for anything else.</summary>
    public static ByteString FromHex(string hex) => new(Convert.FromHexString(hex));

    /// <summary>Reads hex of either case.</summary>
    public static bool TryFromHex(string? hex, [NotNullWhen(true)] out ByteString? value)
    {
        value = null;
        if (hex is null || hex.Length % 2 != 0)
        {
            return false;
        }

        byte[] bytes = new byte[hex.Length / 2];
        if (Convert.FromHexString(hex, bytes, out _, out int written) != System.Buffers.OperationStatus.Done || written != bytes.Length)
        {
            return false;
        }

        value = new ByteString(bytes);
        return true;
    }

    /// <summary>Reads hex of either case that must give exactly this many bytes.</summary>
    public static bool TryFromHex(string? hex, int length, [NotNullWhen(true)] out ByteString? value)
    {
        value = null;
        return hex?.Length == 2L * length && TryFromHex(hex, out value);
    }

    /// <summary>Returns a copy of the bytes.</summary>
    public byte[] ToArray() => [.. _bytes];

    /// <inheritdoc/>
    public bool Equals(ByteString? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    /// <summary>Compares with bytes in constant time.</summary>
    public bool Equals(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(_bytes, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ByteString);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Returns the bytes in lower-case hex.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);
}
