using System.Formats.Asn1;

namespace ConfidentialOperator.Attestation.Certificates;

/// <summary>The two ways in which X.509 writes a time.</summary>
internal static class DerTime
{
    public static DateTimeOffset Read(AsnReader reader) => IsNext(reader) && reader.PeekTag().TagValue == (int)UniversalTagNumber.UtcTime
        ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    /// <summary>Returns whether a time comes next.</summary>
    public static bool IsNext(AsnReader reader) => reader.HasData && reader.PeekTag() is { TagClass: TagClass.Universal } tag
        && tag.TagValue is (int)UniversalTagNumber.UtcTime or (int)UniversalTagNumber.GeneralizedTime;
}
