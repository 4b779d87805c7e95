namespace ConfidentialOperator.Inference.Generation;

/// <summary>The types of the Open Inference Protocol; <see cref="TensorDataTypes"/> has their words.</summary>
internal enum TensorDataType
{
    /// <summary>One byte, 0 or 1: <c>BOOL</c>.</summary>
    Bool,

    /// <summary><c>UINT8</c>.</summary>
    UInt8,

    /// <summary><c>UINT16</c>.</summary>
    UInt16,

    /// <summary><c>UINT32</c>.</summary>
    UInt32,

    /// <summary><c>UINT64</c>.</summary>
    UInt64,

    /// <summary><c>INT8</c>.</summary>
    Int8,

    /// <summary><c>INT16</c>.</summary>
    Int16,

    /// <summary><c>INT32</c>.</summary>
    Int32,

    /// <summary><c>INT64</c>.</summary>
    Int64,

    /// <summary>IEEE 754 binary16: <c>FP16</c>.</summary>
    Fp16,

    /// <summary><c>FP32</c>.</summary>
    Fp32,

    /// <summary><c>FP64</c>.</summary>
    Fp64,

    /// <summary>Strings: <c>BYTES</c>.</summary>
    Bytes,
}
