using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Schemas.Cel;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>One entry of <c>x-kubernetes-validations</c>, parsed.</summary>
internal sealed class CelRule(JsonObject source)
{
    public CelExpression Rule { get; } = CelExpression.Parse(source.Text("rule") ?? "");

    public CelExpression? MessageExpression { get; } =
        source.Text("messageExpression") is { } text ? CelExpression.Parse(text) : null;

    public string Message { get; } = source.Text("message") ?? $"failed rule: {source.Text("rule")}";

    public string Reason { get; } = source.Text("reason") ?? "FieldValueInvalid";

    public string FieldPath { get; } = source.Text("fieldPath") ?? "";

    /// <summary>Gets whether the rule compares with the old value, and so runs only when there is one.</summary>
    public bool IsTransition => Rule.Mentions("oldSelf") && !IsOptionalOldSelf;

    public bool IsOptionalOldSelf { get; } = source["optionalOldSelf"] is JsonValue value && value.TryGetValue(out bool set) && set;
}
