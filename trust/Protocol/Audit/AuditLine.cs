using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConfidentialOperator.Protocol.Audit;

/// <summary>
/// A record as one line of JSON: <c>{"record":{…},"signature":"…"}</c>, members in a fixed order, no spaces. There is exactly one text for
/// a record: a line that reads well but is written otherwise is refused, so every changed byte shows. The signature (ECDSA P-256, SHA-256,
/// r and s of 32 bytes each) covers <c>confidential-operator.dev/audit/v1</c>, a zero byte and the text of <c>record</c>.
/// </summary>
public static class AuditLine
{
    /// <summary>The longest line that is read, in characters.</summary>
    public const int MaximumLength = 16 * 1024;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    // The text is data in a file of JSON lines, never a part of a page: nothing but what JSON demands is escaped.
    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static ReadOnlySpan<byte> Domain => "confidential-operator.dev/audit/v1\0"u8;

    /// <summary>Signs a record and writes its line, without a line end.</summary>
    public static string Write(AuditRecord record, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(key);
        byte[] text = WriteRecord(record);
        byte[] signature = key.SignData(Signed(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return Join(text, signature);
    }

    /// <summary>Reads a line and checks its signature; the chain is <see cref="AuditChain"/>'s work.</summary>
    public static bool TryRead(string line, ECDsa key, [NotNullWhen(true)] out AuditRecord? record, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(key);
        if (line.Length > MaximumLength || !TryParse(line, out record, out byte[]? signature))
        {
            record = null;
            refusal = new(RefusalReason.AuditChainBroken, "The line is not a record of an audit log.");
            return false;
        }

        byte[] text = WriteRecord(record);
        if (!string.Equals(Join(text, signature), line, StringComparison.Ordinal))
        {
            refusal = new(RefusalReason.AuditChainBroken, $"The line of record {record.Sequence} is not written as the broker writes it.");
        }
        else if (!key.VerifyData(Signed(text), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            refusal = new(RefusalReason.AuditChainBroken, $"The signature of record {record.Sequence} does not verify.");
        }
        else
        {
            refusal = null;
            return true;
        }

        record = null;
        return false;
    }

    /// <summary>The digest that the next record names as <see cref="AuditRecord.Previous"/>.</summary>
    public static string Digest(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));

    private static byte[] Signed(ReadOnlySpan<byte> text) => [.. Domain, .. text];

    private static string Join(byte[] text, byte[] signature) =>
        $$"""{"record":{{Encoding.UTF8.GetString(text)}},"signature":"{{Base64Url.EncodeToString(signature)}}"}""";

    private static byte[] WriteRecord(AuditRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, s_writing))
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", record.Sequence);
            writer.WriteString("at", record.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            writer.WriteString("tenant", record.Tenant);
            writer.WriteString("event", record.Event.ToString());
            writer.WriteString("model", record.Model);
            writer.WriteString("resource", record.Resource);
            writer.WriteString("replica", record.Replica);
            writer.WriteString("subject", record.Subject);
            writer.WriteString("tee", record.Tee);
            writer.WriteString("measurement", record.Measurement);
            writer.WriteString("initDataSha256", record.InitDataSha256);
            writer.WriteNumber("policyVersion", record.PolicyVersion);
            writer.WriteString("policySha256", record.PolicySha256);
            writer.WriteBoolean("development", record.Development);
            writer.WriteString("reason", record.Reason.ToString());
            writer.WriteString("message", record.Message);
            writer.WriteString("previous", record.Previous);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryParse(string line, [NotNullWhen(true)] out AuditRecord? record, [NotNullWhen(true)] out byte[]? signature)
    {
        record = null;
        signature = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement body = document.RootElement.GetProperty("record");
            signature = Base64Url.DecodeFromChars(document.RootElement.GetProperty("signature").GetString());
            record = ReadRecord(body);
            return signature.Length == 64;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static AuditRecord ReadRecord(JsonElement body) => new()
    {
        Sequence = body.GetProperty("sequence").GetInt64(),
        At = new DateTimeOffset(DateTime.ParseExact(Text(body, "at"), TimeFormat, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)),
        Tenant = Text(body, "tenant"),
        Event = Name<AuditEvent>(body, "event"),
        Model = Text(body, "model"),
        Resource = Text(body, "resource"),
        Replica = Text(body, "replica"),
        Subject = Text(body, "subject"),
        Tee = Text(body, "tee"),
        Measurement = Text(body, "measurement"),
        InitDataSha256 = Text(body, "initDataSha256"),
        PolicyVersion = body.GetProperty("policyVersion").GetInt64(),
        PolicySha256 = Text(body, "policySha256"),
        Development = body.GetProperty("development").GetBoolean(),
        Reason = Name<RefusalReason>(body, "reason"),
        Message = Text(body, "message"),
        Previous = Text(body, "previous"),
    };

    private static T Name<T>(JsonElement body, string name)
        where T : struct, Enum => Enum.TryParse(Text(body, name), out T value) ? value : throw new FormatException();

    private static string Text(JsonElement body, string name) => body.GetProperty(name).GetString() ?? throw new FormatException();
}
