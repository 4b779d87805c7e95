using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Measurement;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Cli.Verbs.Policies;

/// <summary>A digest of an option: in hex, or <c>@FILE</c> with what <c>cfm measure --output json</c> printed.</summary>
internal static class MeasurementFile
{
    private const int LongestFile = 64 * 1024;
    private const int DigestSize = 48;

    /// <summary>Reads a digest; in a file it must be of this kind of guest and have this name.</summary>
    public static ByteString Read(string text, string option, TeeKind tee, string name)
    {
        if (!text.StartsWith('@'))
        {
            return ByteString.TryFromHex(text, DigestSize, out ByteString? digest) ? digest
                : throw new CommandRefusedException(RefusalReason.PolicyInvalid, $"{option} '{text}' must be {2 * DigestSize} hex digits, or @FILE with the JSON of 'cfm measure'.");
        }

        var file = new FileInfo(text[1..]);
        JsonObject measured = ReadObject(file, option);
        if (Text(measured["tee"]) != tee.ToWire() || Text(measured["kind"]) != LaunchMeasurement.JsonKind)
        {
            throw Refuse(file, option, $"it must have the kind '{LaunchMeasurement.JsonKind}' and the tee '{tee.ToWire()}'");
        }

        return ByteString.TryFromHex(Text((measured["values"] as JsonObject)?[name]), DigestSize, out ByteString? value) ? value
            : throw Refuse(file, option, $"values.{name} must be {2 * DigestSize} hex digits");
    }

    private static JsonObject ReadObject(FileInfo file, string option)
    {
        try
        {
            return JsonNode.Parse(InputFile.Bytes(file, LongestFile)) as JsonObject ?? throw Refuse(file, option, "it must be a JSON object");
        }
        catch (JsonException exception)
        {
            throw Refuse(file, option, $"it is not JSON: {exception.Message}");
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static CommandRefusedException Refuse(FileInfo file, string option, string fault) =>
        new(RefusalReason.PolicyInvalid, $"{option} '@{file}' is not the JSON of 'cfm measure': {fault}.");
}
