using System.Diagnostics.CodeAnalysis;
using ConfidentialOperator.Attestation.Azure;
using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Sample;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>Reads evidence of every kind, in the JSON forms of Confidential Containers. What comes out has a sound layout, and nothing more is known of it.</summary>
public static class EvidenceReader
{
    /// <summary>The most bytes that evidence may have: more is refused before any of it is read.</summary>
    public const int LongestEvidence = 1024 * 1024;

    private delegate bool Reader(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal);

    /// <summary>Gets the kinds that can be read, by their names on the wire.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetValues<TeeKind>().Where(CanRead).Select(kind => kind.ToWire())];

    /// <summary>Returns whether evidence of this kind can be read.</summary>
    public static bool CanRead(TeeKind kind) => For(kind) is not null;

    /// <summary>Reads evidence.</summary>
    /// <param name="kind">What its sender says it is.</param>
    /// <param name="cpuEvidenceJson">The JSON.</param>
    /// <param name="evidence">The evidence whose layout is sound.</param>
    /// <param name="refusal">What is wrong with the layout.</param>
    public static bool TryRead(TeeKind kind, ReadOnlyMemory<byte> cpuEvidenceJson, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = null;
        if (For(kind) is not { } read)
        {
            refusal = new(RefusalReason.EvidenceKindNotAccepted, $"The evidence is of '{kind.ToWire()}'; this version verifies {string.Join(", ", Kinds)}.");
            return false;
        }

        if (cpuEvidenceJson.Length > LongestEvidence)
        {
            refusal = new(RefusalReason.TooLarge, $"The evidence has {cpuEvidenceJson.Length} bytes; the limit is {LongestEvidence}.");
            return false;
        }

        return read(cpuEvidenceJson, out evidence, out refusal);
    }

    private static Reader? For(TeeKind kind) => kind switch
    {
        TeeKind.Snp => ReadSnp,
        TeeKind.Tdx => ReadTdx,
        TeeKind.Nitro => ReadNitro,
        TeeKind.AzureSnp => ReadAzureSnp,
        TeeKind.AzureTdx => ReadAzureTdx,
        TeeKind.Sample => ReadSample,
        _ => null,
    };

    private static bool ReadSnp(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = SnpEvidence.TryParse(json, out SnpEvidence? given, out refusal) && SnpReportEvidence.TryCreate(given, out SnpReportEvidence? read, out refusal) ? read : null;
        return evidence is not null;
    }

    private static bool ReadTdx(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = TdxEvidence.TryParse(json, out TdxEvidence? given, out refusal) && TdxQuoteEvidence.TryCreate(given, out TdxQuoteEvidence? read, out refusal) ? read : null;
        return evidence is not null;
    }

    private static bool ReadNitro(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = NitroEvidence.TryParse(json, out NitroEvidence? given, out refusal) && NitroDocumentEvidence.TryCreate(given, out NitroDocumentEvidence? read, out refusal) ? read : null;
        return evidence is not null;
    }

    private static bool ReadAzureSnp(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        ReadAzure(TeeKind.AzureSnp, json, out evidence, out refusal);

    private static bool ReadAzureTdx(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        ReadAzure(TeeKind.AzureTdx, json, out evidence, out refusal);

    private static bool ReadAzure(TeeKind kind, ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = AzureEvidence.TryParse(kind, json, out AzureEvidence? given, out refusal) && AzureGuestEvidence.TryCreate(given, out AzureGuestEvidence? read, out refusal) ? read : null;
        return evidence is not null;
    }

    private static bool ReadSample(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = SampleEvidence.TryParse(json, out SampleEvidence? given, out refusal) ? new SampleClaim(given) : null;
        return evidence is not null;
    }
}
