using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>The types of ONNX Runtime in the words of the Open Inference Protocol.</summary>
internal static class OnnxTypes
{
    private static readonly Dictionary<TensorElementType, TensorDataType> s_types = new()
    {
        [TensorElementType.Bool] = TensorDataType.Bool,
        [TensorElementType.UInt8] = TensorDataType.UInt8,
        [TensorElementType.UInt16] = TensorDataType.UInt16,
        [TensorElementType.UInt32] = TensorDataType.UInt32,
        [TensorElementType.UInt64] = TensorDataType.UInt64,
        [TensorElementType.Int8] = TensorDataType.Int8,
        [TensorElementType.Int16] = TensorDataType.Int16,
        [TensorElementType.Int32] = TensorDataType.Int32,
        [TensorElementType.Int64] = TensorDataType.Int64,
        [TensorElementType.Float16] = TensorDataType.Fp16,
        [TensorElementType.Float] = TensorDataType.Fp32,
        [TensorElementType.Double] = TensorDataType.Fp64,
        [TensorElementType.String] = TensorDataType.Bytes,
    };

    private static readonly Dictionary<TensorDataType, TensorElementType> s_elements = s_types.ToDictionary(entry => entry.Value, entry => entry.Key);

    /// <summary>The protocol's type; null when it has none.</summary>
    public static TensorDataType? ToDataType(this TensorElementType type) => s_types.TryGetValue(type, out TensorDataType found) ? found : null;

    /// <summary>ONNX Runtime's type.</summary>
    public static TensorElementType ToElementType(this TensorDataType type) => s_elements[type];
}
