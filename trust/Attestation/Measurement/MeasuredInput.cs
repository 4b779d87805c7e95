using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement;

/// <summary>One input of a measurement, so that two people who compare digests can see where they differ.</summary>
/// <param name="Name">What it is: <c>firmware</c>, <c>kernel</c>, <c>initrd</c>, <c>append</c>, or a section of an image.</param>
/// <param name="Length">Its number of bytes, as measured.</param>
/// <param name="Sha256">The SHA-256 of those bytes.</param>
public sealed record MeasuredInput(string Name, long Length, ByteString Sha256)
{
    internal static MeasuredInput Of(string name, ReadOnlySpan<byte> bytes) => new(name, bytes.Length, ByteString.Sha256(bytes));
}
