namespace ConfidentialOperator.Models.Onnx;

/// <summary>Element types of onnx.proto3, message TensorProto.DataType.</summary>
internal enum ElementType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>64-bit integer.</summary>
    Int64 = 7,

    /// <summary>Truth value.</summary>
    Bool = 9,
}
