using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation;

/// <summary>
/// Recognises evidence in a file, whatever its form: the JSON of Confidential Containers, or what the hardware wrote (a report, a quote, a document).
/// Recognising decides nothing: a wrong guess is a layout that is not sound.
/// </summary>
public static class EvidenceFormat
{
    private const int SnpReportSize = 1184;
    private const int TdxHeaderSize = 48;
    private const uint TdxTee = 0x81;
    private const byte CoseTag = 0xD2;
    private const byte CoseArray = 0x84;

    /// <summary>Reads evidence of any form.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="kind">What it is; null to find out.</param>
    /// <param name="evidence">The evidence whose layout is sound.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> bytes, TeeKind? kind, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        evidence = null;
        if (bytes.Length > EvidenceReader.LongestEvidence)
        {
            refusal = new(RefusalReason.TooLarge, $"The evidence has {bytes.Length} bytes; the limit is {EvidenceReader.LongestEvidence}.");
            return false;
        }

        bool isJson = IsJson(bytes.Span);
        TeeKind found = kind ?? (isJson ? OfJson(bytes) : OfBytes(bytes.Span));
        if (found == TeeKind.Unknown)
        {
            refusal = new(RefusalReason.Unsupported,
                "The evidence is of no form that is known: expected a SEV-SNP report, a TDX quote, a Nitro document, or evidence in JSON as Confidential Containers writes it; name its kind.");
            return false;
        }

        return isJson ? EvidenceReader.TryRead(found, bytes, out evidence, out refusal) : TryReadRaw(found, bytes, out evidence, out refusal);
    }

    private static bool IsJson(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8).StartsWith("{"u8);

    private static TeeKind OfBytes(ReadOnlySpan<byte> bytes) => bytes switch
    {
        { Length: SnpReportSize } => TeeKind.Snp,
        { Length: > TdxHeaderSize } when BinaryPrimitives.ReadUInt16LittleEndian(bytes) is 4 or 5 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == TdxTee => TeeKind.Tdx,
        [CoseTag or CoseArray, ..] => TeeKind.Nitro,
        _ => TeeKind.Unknown,
    };

    private static TeeKind OfJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement root = document.RootElement;
            bool Has(string name) => root.TryGetProperty(name, out _);
            return root.ValueKind != JsonValueKind.Object ? TeeKind.Unknown
                : Has("attestation_report") ? TeeKind.Snp
                : Has("attestation_document") ? TeeKind.Nitro
                : Has("td_quote") ? TeeKind.AzureTdx
                : Has("hcl_report") || (Has("report") && Has("vcek")) ? TeeKind.AzureSnp
                : Has("quote") ? TeeKind.Tdx
                : Has("svn") ? TeeKind.Sample : TeeKind.Unknown;
        }
        catch (JsonException)
        {
            return TeeKind.Unknown;
        }
    }

    private static bool TryReadRaw(
        TeeKind kind, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Evidence? evidence, [NotNullWhen(false)] out Refusal? refusal)
    {
        (evidence, refusal) = kind switch
        {
            TeeKind.Snp => Of(SnpReportEvidence.TryCreate(new SnpEvidence { Report = new ByteString(bytes.Span) }, out SnpReportEvidence? snp, out Refusal? fault), snp, fault),
            TeeKind.Tdx => Of(TdxQuoteEvidence.TryCreate(new TdxEvidence { Quote = new ByteString(bytes.Span) }, out TdxQuoteEvidence? tdx, out Refusal? fault), tdx, fault),
            TeeKind.Nitro => Of(NitroDocumentEvidence.TryCreate(new NitroEvidence { Document = new ByteString(bytes.Span) }, out NitroDocumentEvidence? nitro, out Refusal? fault), nitro, fault),
            _ => (null, new Refusal(RefusalReason.Malformed, $"Evidence of '{kind.ToWire()}' is JSON as Confidential Containers writes it; these bytes are not.")),
        };
        return evidence is not null;
    }

    private static (Evidence? Evidence, Refusal? Refusal) Of(bool isSound, Evidence? evidence, Refusal? refusal) => isSound ? (evidence, null) : (null, refusal);
}
