using System.Text.Json;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Cli.Verbs.Endpoints;

/// <summary>Tells a guest's attestation document from evidence alone.</summary>
internal static class GuestQuestionFile
{
    public static bool IsDocument(byte[] bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("format", out JsonElement format)
                && format.ValueKind == JsonValueKind.String && format.GetString() == AttestationDocument.Format;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
