using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConfidentialOperator.Rendering.Api.V1Alpha1;

/// <summary>An amount as Kubernetes writes it (16Gi, 500m, 4); a number in JSON is taken as its text.</summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(QuantityConverter))]
public readonly record struct Quantity(string Text)
{
    /// <summary>The pattern of the API server's quantity.</summary>
    public const string Pattern = @"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>A number or a percentage, as in Kubernetes' IntOrString.</summary>
/// <param name="Text">The text: a whole number, or one with a percent sign.</param>
[JsonConverter(typeof(NumberOrPercentConverter))]
public readonly record struct NumberOrPercent(string Text)
{
    /// <summary>Gets whether it is a percentage.</summary>
    [JsonIgnore]
    public bool IsPercent => Text.EndsWith('%');

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Reads a number or a text.</summary>
internal sealed class QuantityConverter : JsonConverter<Quantity>
{
    /// <inheritdoc/>
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(ScalarText.Read(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}

/// <summary>Reads a number or a text and keeps a number a number.</summary>
internal sealed class NumberOrPercentConverter : JsonConverter<NumberOrPercent>
{
    /// <inheritdoc/>
    public override NumberOrPercent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(ScalarText.Read(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NumberOrPercent value, JsonSerializerOptions options)
    {
        if (int.TryParse(value.Text, out int number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value.Text);
        }
    }
}

/// <summary>The text of a JSON scalar.</summary>
internal static class ScalarText
{
    /// <summary>Reads a text, or a number as its text.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <returns>The text.</returns>
    public static string Read(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
        _ => throw new JsonException("must be a number or a text"),
    };
}
