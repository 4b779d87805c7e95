namespace ConfidentialOperator.Inference.Generation;

/// <summary>What a model says about one of its tensors.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its type.</param>
/// <param name="Shape">Its shape; -1 is a dimension that the request decides.</param>
internal sealed record TensorMetadata(string Name, TensorDataType DataType, IReadOnlyList<long> Shape);
