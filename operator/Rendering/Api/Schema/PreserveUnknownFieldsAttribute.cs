namespace ConfidentialOperator.Rendering.Api.Schema;

/// <summary>The API server keeps what the schema does not know below this field.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PreserveUnknownFieldsAttribute : Attribute;
