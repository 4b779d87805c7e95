using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Endpoints.Reading;

/// <summary>Why a request is not valid, and which field is to blame.</summary>
/// <param name="Refusal">The refusal; its sentence names the field and never quotes its value.</param>
/// <param name="Field">The path of the field, such as <c>messages[0].content</c>; null when it is the body as a whole.</param>
internal sealed record RequestFault(Refusal Refusal, string? Field);
