using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace ConfidentialOperator.KeyBroker.Tokens;

/// <summary>The three parts of a compact JWS (RFC 7515), split and decoded but not believed: the signature is the caller's to check.</summary>
internal sealed record Jwt(JsonElement Header, JsonElement Claims, byte[] SignedPart, byte[] Signature)
{
    public const int MaximumLength = 16 * 1024;

    public static bool TryParse(string text, [NotNullWhen(true)] out Jwt? token)
    {
        token = null;
        string[] parts = text.Length <= MaximumLength ? text.Split('.') : [];
        if (parts.Length != 3)
        {
            return false;
        }

        try
        {
            JsonElement header = Parse(parts[0]);
            JsonElement claims = Parse(parts[1]);
            if (header.ValueKind != JsonValueKind.Object || claims.ValueKind != JsonValueKind.Object || header.TryGetProperty("crit", out _))
            {
                return false;
            }

            token = new Jwt(header, claims, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]));
            return true;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return false;
        }
    }

    public string? Text(string claim) => Text(Claims, claim);

    public string? HeaderText(string member) => Text(Header, member);

    public long? Seconds(string claim) =>
        Claims.TryGetProperty(claim, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long seconds) ? seconds : null;

    /// <summary>Says whether a claim is this text, or a list that has it (RFC 7519, "aud").</summary>
    public bool Has(string claim, string expected) => Claims.TryGetProperty(claim, out JsonElement value) && value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() == expected,
        JsonValueKind.Array => value.EnumerateArray().Any(entry => entry.ValueKind == JsonValueKind.String && entry.GetString() == expected),
        _ => false,
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A duplicated claim could be read one way here and another way elsewhere, so it is no claim at all.
    private static JsonElement Parse(string part)
    {
        using JsonDocument document = JsonDocument.Parse(Base64Url.DecodeFromChars(part),
            new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
        return document.RootElement.Clone();
    }
}
