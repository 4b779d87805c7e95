using System.Text.Json.Nodes;

namespace ConfidentialOperator.ApiServer.Errors;

/// <summary>One fault of an object: where, which kind of fault, and the sentence Kubernetes would print.</summary>
internal sealed record FieldError(string Field, string Reason, string Message)
{
    public static FieldError Required(string field, string detail = "") =>
        new(field, "FieldValueRequired", detail.Length == 0 ? "Required value" : $"Required value: {detail}");

    public static FieldError Invalid(string field, string shown, string detail) =>
        new(field, "FieldValueInvalid", $"Invalid value: {shown}: {detail}");

    public static FieldError Type(string field, string actual, string expected) => new(
        field, "FieldValueTypeInvalid", $"Invalid value: \"{actual}\": {field} in body must be of type {expected}: \"{actual}\"");

    public static FieldError Unsupported(string field, string shown, IEnumerable<string> supported) =>
        new(field, "FieldValueNotSupported", $"Unsupported value: {shown}: supported values: {string.Join(", ", supported)}");

    public static FieldError Duplicate(string field, string shown) =>
        new(field, "FieldValueDuplicate", $"Duplicate value: {shown}");

    public static FieldError Forbidden(string field, string detail) => new(field, "FieldValueForbidden", $"Forbidden: {detail}");

    public static FieldError TooLong(string field, long limit) =>
        new(field, "FieldValueTooLong", $"Too long: may not be more than {limit} bytes");

    public static FieldError TooMany(string field, int count, long limit) =>
        new(field, "FieldValueTooMany", $"Too many: {count}: must have at most {limit} items");

    /// <summary>Shown when rules could not run because the object is already wrong.</summary>
    public static FieldError RulesSkipped { get; } = Invalid(
        "<nil>", "null", "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");

    public JsonObject ToCause() => new() { ["reason"] = Reason, ["message"] = Message, ["field"] = Field };

    public override string ToString() => $"{Field}: {Message}";
}
