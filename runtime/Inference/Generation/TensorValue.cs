namespace ConfidentialOperator.Inference.Generation;

/// <summary>A tensor with its content.</summary>
internal sealed record TensorValue
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its type.</summary>
    public required TensorDataType DataType { get; init; }

    /// <summary>Gets its shape; no dimension is negative.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Gets the elements, row-major, little-endian, without gaps; empty for <see cref="TensorDataType.Bytes"/>.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Gets the elements of a tensor of <see cref="TensorDataType.Bytes"/>, row-major, UTF-8; empty for every other type.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Strings { get; init; } = [];

    /// <summary>Says nothing of the content.</summary>
    public override string ToString() => $"{nameof(TensorValue)}({DataType.Word()}, {Shape.Count} dimensions)";
}
