using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>The checks of strings and numbers: length, pattern, format, range.</summary>
internal static class ScalarChecks
{
    /// <summary>Times with exactly six digits of a second, as events and leases have them: nothing else parses on a real server.</summary>
    public const string MicroTime = "micro-time";

    public static void Check(JsonValue value, SchemaNode schema, string path, List<FieldError> errors)
    {
        JsonValueKind kind = value.GetValueKind();
        if (kind == JsonValueKind.String) CheckText(value.GetValue<string>(), schema, path, errors);
        if (kind == JsonValueKind.Number) CheckNumber(value, schema, path, errors);
    }

    private static void CheckText(string text, SchemaNode schema, string path, List<FieldError> errors)
    {
        string shown = SchemaValidator.Shown(text);
        int length = new StringInfo(text).LengthInTextElements;
        if (schema.Source.Integer("maxLength") is { } most && length > most) errors.Add(FieldError.TooLong(path, most));
        if (schema.Source.Integer("minLength") is { } least && length < least)
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body should be at least {least} chars long"));
        if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body should match '{pattern}'"));
        if (schema.Source.Text("format") is { } format && !FormatMatches(text, format))
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body must be of type {format}: {shown}"));
    }

    private static bool FormatMatches(string text, string format) => format switch
    {
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        MicroTime => DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.ffffffK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        "byte" => text.Length == 0 || Convert.TryFromBase64String(text, new byte[text.Length], out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "uuid" => Guid.TryParse(text, out _),
        "ipv4" or "ipv6" => System.Net.IPAddress.TryParse(text, out _),
        _ => true,
    };

    private static void CheckNumber(JsonValue value, SchemaNode schema, string path, List<FieldError> errors)
    {
        double number = value.AsDouble();
        string shown = SchemaValidator.Shown(value);
        if (Limit(schema, "minimum") is { } least && (number < least || (number == least && Exclusive(schema, "exclusiveMinimum"))))
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body should be greater than {OrEqual(schema, "exclusiveMinimum")}{Text(least)}"));
        if (Limit(schema, "maximum") is { } most && (number > most || (number == most && Exclusive(schema, "exclusiveMaximum"))))
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body should be less than {OrEqual(schema, "exclusiveMaximum")}{Text(most)}"));
        if (Limit(schema, "multipleOf") is { } unit && !double.IsInteger(number / unit))
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body should be a multiple of {Text(unit)}"));
        if (schema.Source.Text("format") == "int32" && number is < int.MinValue or > int.MaxValue)
            errors.Add(FieldError.Invalid(path, shown, $"{path} in body must be of type int32: {shown}"));
    }

    private static double? Limit(SchemaNode schema, string name) => schema.Source[name]?.AsDouble();

    private static bool Exclusive(SchemaNode schema, string name) =>
        schema.Source[name] is JsonValue flag && flag.TryGetValue(out bool set) && set;

    private static string OrEqual(SchemaNode schema, string name) => Exclusive(schema, name) ? "" : "or equal to ";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
