using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;

namespace ConfidentialOperator.Attestation.Snp;

/// <summary>
/// ECDSA P-384 with SHA-384 over the first 0x2A0 bytes. r and s stand little-endian in fields of 72 bytes; the 24 upper bytes must be zero and both numbers
/// must be within the group's order, so that a signature has one encoding only.
/// </summary>
internal static class ReportSignature
{
    private const int R = 0x2A0;
    private const int S = 0x2E8;
    private const int FieldSize = 72;
    private const int NumberSize = 48;
    private const int KeySize = 384;

    /// <summary>The order of P-384's group, big-endian.</summary>
    private static ReadOnlySpan<byte> Order =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xC7, 0x63, 0x4D, 0x81, 0xF4, 0x37, 0x2D, 0xDF, 0x58, 0x1A, 0x0D, 0xB2, 0x48, 0xB0, 0xA7, 0x7A, 0xEC, 0xEC, 0x19, 0x6A, 0xCC, 0xC5, 0x29, 0x73,
    ];

    /// <summary>Returns whether the certificate's key signed the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="chip">The certificate.</param>
    /// <param name="keys">Keys that are at hand.</param>
    public static bool Verify(ReadOnlySpan<byte> report, Certificate chip, KeyMemory keys)
    {
        Span<byte> signature = stackalloc byte[2 * NumberSize];
        if (!TryNumber(report.Slice(R, FieldSize), signature[..NumberSize]) || !TryNumber(report.Slice(S, FieldSize), signature[NumberSize..])
            || (keys.Take(chip) ?? EcdsaKey.Load(chip, KeySize)) is not { } key)
        {
            return false;
        }

        bool isSigner = key.VerifyData(report[..SnpReport.SignedLength], signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        keys.Give(chip, key);
        return isSigner;
    }

    private static bool TryNumber(ReadOnlySpan<byte> field, Span<byte> number)
    {
        field[..NumberSize].CopyTo(number);
        number.Reverse();
        return !field[NumberSize..].ContainsAnyExcept((byte)0) && number.ContainsAnyExcept((byte)0) && number.SequenceCompareTo(Order) < 0;
    }
}
