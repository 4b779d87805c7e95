using System.Security.Cryptography;

namespace ConfidentialOperator.Protocol.Binding;

/// <summary>
/// What a guest's hardware signs for clients: the one place that computes it. <c>report_data[0:32] = SHA-256(label || 00 || nonce || SHA-256(keyset)
/// || SHA-256(device evidence))</c>, the other 32 bytes are zero. Sections are hashed as they were received, so nothing depends on how JSON is written.
/// </summary>
public static class ReportBinding
{
    /// <summary>The length of report data.</summary>
    public const int Size = 64;

    /// <summary>The length of a client's nonce.</summary>
    public const int NonceSize = 32;

    /// <summary>Gets the label, with its final zero byte.</summary>
    private static ReadOnlySpan<byte> Label => "confidential-operator.dev/report-data/v1\0"u8;

    private static ReadOnlySpan<byte> DeviceLabel => "confidential-operator.dev/device-nonce/v1\0"u8;

    /// <summary>Gets the device evidence of a guest that has no devices.</summary>
    public static ReadOnlySpan<byte> NoDevices => "[]"u8;

    /// <summary>Returns the 64 bytes of report data.</summary>
    public static ByteString ForClient(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> keyset, ReadOnlySpan<byte> deviceEvidence) =>
        Compute(Label, nonce, keyset, deviceEvidence);

    /// <summary>
    /// Returns the nonce that every device of a guest must answer for a client: bound to the client's nonce and to the guest's keys, so that a report that a
    /// device made for one guest is no use to another with the same nonce.
    /// </summary>
    public static ByteString DeviceNonce(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> keyset)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(DeviceLabel);
        hash.AppendData(nonce);
        hash.AppendData(SHA256.HashData(keyset));
        return new ByteString(hash.GetHashAndReset());
    }

    internal static ByteString Compute(ReadOnlySpan<byte> label, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> keyset, ReadOnlySpan<byte> deviceEvidence)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(label);
        hash.AppendData(nonce);
        hash.AppendData(SHA256.HashData(keyset));
        hash.AppendData(SHA256.HashData(deviceEvidence));
        Span<byte> data = stackalloc byte[Size];
        data.Clear();
        hash.GetHashAndReset(data);
        return new ByteString(data);
    }
}
