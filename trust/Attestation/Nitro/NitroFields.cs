using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Nitro;

// The payload, a CBOR map of definite or indefinite length (attestation process of the Nitro Enclaves NSM API, "attestation document").
//   key          value
//   module_id    text, not empty
//   digest       the text SHA384
//   timestamp    milliseconds since 1970, positive
//   pcrs         map of 0..31 to 32, 48 or 64 bytes, not empty
//   certificate  DER, 1..1024 bytes
//   cabundle     array of DER, 1..1024 bytes each, root first
//   public_key   null, absent, or 1..1024 bytes
//   user_data    null, absent, or 0..1024 bytes (512 in an older text)
//   nonce        null, absent, or 0..1024 bytes (512 in an older text)
// Keys that are not known are skipped: AWS may add some, and signs them. A key that stands twice is refused, whatever its encodings.

/// <summary>The fields of a document while they are read, with where they may be used only after all of them were.</summary>
internal sealed class NitroFields
{
    private const int MostBytes = 1024;
    private const int LongestModuleId = 256;
    private const long LastMillisecond = 253_402_300_799_999;
    private const int PcrCount = 32;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string _field = "the payload";
    private bool _hasDigest;

    private NitroFields()
    {
    }

    public string? ModuleId { get; private set; }

    public DateTimeOffset? Timestamp { get; private set; }

    public ByteString?[] Pcrs { get; } = new ByteString?[PcrCount];

    public ReadOnlyMemory<byte>? Certificate { get; private set; }

    public List<ReadOnlyMemory<byte>>? Bundle { get; private set; }

    public ByteString? PublicKey { get; private set; }

    public ByteString? UserData { get; private set; }

    public ByteString? Nonce { get; private set; }

    public static bool TryRead(CoseSign1 envelope, [NotNullWhen(true)] out NitroFields? fields, [NotNullWhen(false)] out Refusal? refusal)
    {
        var read = new NitroFields();
        var reader = new CborReader(envelope.Payload, CborConformanceMode.Strict);
        string? fault;
        try
        {
            fault = read.ReadAll(reader);
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException or OverflowException)
        {
            fault = "is not of the type that it must be, stands twice, or is cut";
        }

        int offset = envelope.PayloadOffset + envelope.Payload.Length - reader.BytesRemaining;
        refusal = fault is null ? null : new(RefusalReason.ReportMalformed, $"The Nitro document is refused: {read._field} {fault} (at offset {offset}).");
        fields = refusal is null ? read : null;
        return fields is not null;
    }

    private string? ReadAll(CborReader reader)
    {
        reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            string name = reader.ReadTextString();
            _field = Known(name) ? $"'{name}'" : "a field that is not known";
            if (!_seen.Add(name))
            {
                return "stands twice";
            }

            if (ReadField(reader, name) is { } fault)
            {
                return fault;
            }
        }

        reader.ReadEndMap();
        _field = "the payload";
        return reader.BytesRemaining != 0 ? $"is followed by {reader.BytesRemaining} bytes" : FindMissing();
    }

    private static bool Known(string name) =>
        name is "module_id" or "digest" or "timestamp" or "pcrs" or "certificate" or "cabundle" or "public_key" or "user_data" or "nonce";

    private string? FindMissing()
    {
        string? missing = ModuleId is null ? "module_id" : !_hasDigest ? "digest" : Timestamp is null ? "timestamp"
            : !_seen.Contains("pcrs") ? "pcrs" : Certificate is null ? "certificate" : Bundle is null ? "cabundle" : null;
        _field = missing is null ? _field : $"'{missing}'";
        return missing is null ? null : "is missing";
    }

    private string? ReadField(CborReader reader, string name)
    {
        switch (name)
        {
            case "module_id":
                ModuleId = reader.ReadTextString();
                return ModuleId.Length is > 0 and <= LongestModuleId ? null : $"has {ModuleId.Length} characters; expected 1 to {LongestModuleId}";
            case "digest":
                _hasDigest = reader.ReadTextString() == "SHA384";
                return _hasDigest ? null : "is not SHA384, the only one";
            case "timestamp":
                return ReadTimestamp(reader.ReadUInt64());
            case "pcrs":
                return ReadPcrs(reader);
            case "certificate":
                Certificate = reader.ReadDefiniteLengthByteString();
                return CheckLength(Certificate.Value.Length, 1);
            case "cabundle":
                return ReadBundle(reader);
            default:
                return ReadChosen(reader, name);
        }
    }

    /// <summary>Reads what the enclave chose, which may be null.</summary>
    private string? ReadChosen(CborReader reader, string name)
    {
        if (!Known(name))
        {
            reader.SkipValue();
            return null;
        }

        if (reader.PeekState() == CborReaderState.Null)
        {
            reader.ReadNull();
            return null;
        }

        ReadOnlyMemory<byte> bytes = reader.ReadDefiniteLengthByteString();
        var value = new ByteString(bytes.Span);
        (PublicKey, UserData, Nonce) = name switch
        {
            "public_key" => (value, UserData, Nonce),
            "user_data" => (PublicKey, value, Nonce),
            _ => (PublicKey, UserData, value),
        };
        return CheckLength(bytes.Length, name == "public_key" ? 1 : 0);
    }

    private string? ReadTimestamp(ulong milliseconds)
    {
        if (milliseconds is 0 or > LastMillisecond)
        {
            return $"is {milliseconds}; expected milliseconds since 1970";
        }

        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return null;
    }

    private string? ReadPcrs(CborReader reader)
    {
        reader.ReadStartMap();
        int count = 0;
        for (; reader.PeekState() != CborReaderState.EndMap; count++)
        {
            ulong index = reader.ReadUInt64();
            if (index >= PcrCount)
            {
                return $"has the index {index}; expected 0 to {PcrCount - 1}";
            }

            // The reader compares keys as they are encoded, and a number has more than one encoding.
            if (Pcrs[index] is not null)
            {
                return $"has the index {index} twice";
            }

            ReadOnlyMemory<byte> value = reader.ReadDefiniteLengthByteString();
            if (value.Length is not (32 or 48 or 64))
            {
                return $"has {value.Length} bytes at index {index}; expected 32, 48 or 64";
            }

            Pcrs[index] = new ByteString(value.Span);
        }

        reader.ReadEndMap();
        return count > 0 ? null : "is empty";
    }

    private string? ReadBundle(CborReader reader)
    {
        Bundle = [];
        reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            ReadOnlyMemory<byte> certificate = reader.ReadDefiniteLengthByteString();
            if (CheckLength(certificate.Length, 1) is { } fault)
            {
                return fault;
            }

            Bundle.Add(certificate);
        }

        reader.ReadEndArray();
        return null;
    }

    private static string? CheckLength(int length, int least) => length >= least && length <= MostBytes ? null
        : $"has {length} bytes; expected {least} to {MostBytes}";
}
