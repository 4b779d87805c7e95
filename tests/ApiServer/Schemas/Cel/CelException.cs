namespace ConfidentialOperator.ApiServer.Schemas.Cel;

/// <summary>An expression that cannot be parsed or evaluated.</summary>
internal sealed class CelException(string message) : Exception(message);
