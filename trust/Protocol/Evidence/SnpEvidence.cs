using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Evidence;

/// <summary>
/// SEV-SNP evidence as Confidential Containers writes it: the report as an object of numbers and number lists, with certificates or none. The report's
/// bytes are rebuilt from it, since the signature is over bytes; what the JSON does not carry is reserved and zero.
/// </summary>
public sealed record SnpEvidence
{
    /// <summary>The length of a report.</summary>
    public const int ReportSize = SnpReportLayout.Size;

    /// <summary>The most bytes of evidence.</summary>
    public const int LongestDocument = 256 * 1024;

    private const int LongestCertificate = 16 * 1024;
    private const int MostCertificates = 8;

    /// <summary>Gets the report's 1184 bytes.</summary>
    public required ByteString Report { get; init; }

    /// <summary>Gets the certificates that came with it.</summary>
    public IReadOnlyList<SnpCertificate> Certificates { get; init; } = [];

    /// <summary>Reads evidence.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out SnpEvidence? evidence, [NotNullWhen(false)] out Refusal? refusal) =>
        StrictJson.TryRead(utf8, "SEV-SNP evidence", LongestDocument, Read, out evidence, out refusal);

    /// <summary>Returns the JSON. Numbers are written as they are: a 64-bit field need not fit a double, so this is not RFC 8785.</summary>
    public byte[] ToJson()
    {
        ReadOnlySpan<byte> report = Report.Span;
        ArgumentOutOfRangeException.ThrowIfNotEqual(report.Length, ReportSize);
        bool isTurin = report[SnpReportLayout.Family] == SnpReportLayout.TurinFamily;
        var fields = new JsonObject();
        foreach (SnpReportLayout.Field field in SnpReportLayout.Fields)
        {
            fields[field.Name] = Write(report.Slice(field.Offset, field.Size), field.Kind, isTurin);
        }

        fields["signature"] = new JsonObject
        {
            ["r"] = Numbers(report.Slice(SnpReportLayout.SignatureR, SnpReportLayout.SignaturePart)),
            ["s"] = Numbers(report.Slice(SnpReportLayout.SignatureS, SnpReportLayout.SignaturePart)),
        };
        JsonArray? chain = Certificates.Count == 0 ? null
            : new([.. Certificates.Select(certificate => (JsonNode)new JsonObject { ["cert_type"] = certificate.Type, ["data"] = Numbers(certificate.Data.Span) })]);
        return Encoding.UTF8.GetBytes(new JsonObject { ["attestation_report"] = fields, ["cert_chain"] = chain }.ToJsonString());
    }

    private static SnpEvidence Read(StrictObject given)
    {
        byte[] report = new byte[ReportSize];
        StrictObject fields = given.Child("attestation_report");
        foreach (SnpReportLayout.Field field in SnpReportLayout.Fields)
        {
            Read(fields, field, report);
        }

        StrictObject signature = fields.Child("signature");
        Bytes(signature, "r", SnpReportLayout.SignaturePart).CopyTo(report, SnpReportLayout.SignatureR);
        Bytes(signature, "s", SnpReportLayout.SignaturePart).CopyTo(report, SnpReportLayout.SignatureS);
        return new SnpEvidence
        {
            Report = ByteString.Own(report),
            Certificates = given.Has("cert_chain") ? given.Objects("cert_chain", MostCertificates, ReadCertificate) : [],
        };
    }

    private static SnpCertificate ReadCertificate(StrictObject entry) =>
        new(entry.Name("cert_type", 64), ByteString.Own(entry.ByteNumbers("data", LongestCertificate)));

    private static void Read(StrictObject fields, SnpReportLayout.Field field, byte[] report)
    {
        Span<byte> place = report.AsSpan(field.Offset, field.Size);
        switch (field.Kind)
        {
            case SnpReportLayout.Kind.Bytes:
                Bytes(fields, field.Name, field.Size).CopyTo(place);
                break;
            case SnpReportLayout.Kind.Tcb:
                ReadTcb(fields.Child(field.Name)).Write(place, report[SnpReportLayout.Family] == SnpReportLayout.TurinFamily);
                break;
            case SnpReportLayout.Kind.FirmwareVersion:
                StrictObject version = fields.Child(field.Name);
                (place[0], place[1], place[2]) = (Part(version, "build"), Part(version, "minor"), Part(version, "major"));
                break;
            case SnpReportLayout.Kind.OptionalNumber when !fields.Has(field.Name):
                break;
            default:
                WriteNumber(fields.Number(field.Name, 0, field.Size == 8 ? long.MaxValue : (1L << (8 * field.Size)) - 1), place);
                break;
        }
    }

    private static SnpTcb ReadTcb(StrictObject tcb) => new(
        tcb.Has("fmc") ? Part(tcb, "fmc") : (byte)0, Part(tcb, "bootloader"), Part(tcb, "tee"), Part(tcb, "snp"), Part(tcb, "microcode"));

    private static byte Part(StrictObject given, string name) => (byte)given.Number(name, 0, byte.MaxValue);

    private static byte[] Bytes(StrictObject given, string name, int length)
    {
        byte[] bytes = given.ByteNumbers(name, length);
        if (bytes.Length != length)
        {
            given.Fail(name, $"must be a list of {length} bytes");
            return new byte[length];
        }

        return bytes;
    }

    private static JsonNode? Write(ReadOnlySpan<byte> place, SnpReportLayout.Kind kind, bool isTurin) => kind switch
    {
        SnpReportLayout.Kind.Bytes => Numbers(place),
        SnpReportLayout.Kind.Tcb => WriteTcb(SnpTcb.Read(place, isTurin), isTurin),
        SnpReportLayout.Kind.FirmwareVersion => new JsonObject { ["major"] = place[2], ["minor"] = place[1], ["build"] = place[0] },
        SnpReportLayout.Kind.OptionalNumber when ReadNumber(place) == 0 => null,
        _ => JsonValue.Create(ReadNumber(place)),
    };

    private static JsonObject WriteTcb(SnpTcb tcb, bool isTurin) => new()
    {
        ["fmc"] = isTurin ? tcb.Fmc : null,
        ["bootloader"] = tcb.Bootloader,
        ["tee"] = tcb.Tee,
        ["snp"] = tcb.Snp,
        ["microcode"] = tcb.Microcode,
    };

    private static JsonArray Numbers(ReadOnlySpan<byte> bytes)
    {
        var numbers = new JsonArray();
        foreach (byte value in bytes)
        {
            numbers.Add((JsonNode)value);
        }

        return numbers;
    }

    private static void WriteNumber(long value, Span<byte> place)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..place.Length].CopyTo(place);
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> place)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes.Clear();
        place.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
