namespace ConfidentialOperator.Vectors;

/// <summary>The set, or one case of it, cannot be understood: it must be said, never passed over.</summary>
internal sealed class VectorException(string message) : Exception(message);
