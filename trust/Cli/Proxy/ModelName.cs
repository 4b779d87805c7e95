using System.Text.Json;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>Finds the member <c>model</c> of a request without keeping anything else of it.</summary>
internal static class ModelName
{
    /// <summary>Returns false when the body is not one JSON object, or names the model twice or by something that is no text.</summary>
    public static bool TryFind(ReadOnlySpan<byte> utf8, out string? model)
    {
        model = null;
        var reader = new Utf8JsonReader(utf8);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool named = reader.ValueTextEquals("model"u8);
                if (!reader.Read() || (named && (model is not null || reader.TokenType != JsonTokenType.String)))
                {
                    return false;
                }

                model = named ? reader.GetString() : model;
                reader.Skip();
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
