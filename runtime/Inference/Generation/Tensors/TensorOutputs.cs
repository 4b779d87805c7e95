using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Inference.Generation.Tensors;

/// <summary>Copies what a model computed out of ONNX Runtime's memory.</summary>
internal static class TensorOutputs
{
    /// <summary>Reads one output.</summary>
    public static TensorValue Read(string name, OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        TensorDataType type = info.ElementDataType.ToDataType() ?? throw new InvalidOperationException("An output is not of the type that the model says.");
        var tensor = new TensorValue { Name = name, DataType = type, Shape = [.. info.Shape] };
        if (type != TensorDataType.Bytes) return tensor with { Data = Bytes(value, info, type) };
        var strings = new ReadOnlyMemory<byte>[info.ElementCount];
        for (int i = 0; i < strings.Length; i++) strings[i] = Encoding.UTF8.GetBytes(value.GetStringElement(i));
        return tensor with { Strings = strings };
    }

    private static byte[] Bytes(OrtValue value, OrtTensorTypeAndShapeInfo info, TensorDataType type) =>
        info.ElementCount == 0 ? [] : value.GetTensorMutableRawData()[..checked((int)info.ElementCount * type.Size())].ToArray();
}
