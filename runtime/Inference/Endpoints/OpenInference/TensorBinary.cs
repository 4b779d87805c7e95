using System.Buffers.Binary;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenInference;

/// <summary>Tensors as bytes after the JSON (the extension <c>binary_tensor_data</c>); each string has its length before it.</summary>
internal static class TensorBinary
{
    /// <summary>Reads the data of an input, which shares the request's memory.</summary>
    public static TensorValue Read(RequestReader input, ReadOnlyMemory<byte> data, string name, TensorDataType type, long[] shape, int count)
    {
        if (type == TensorDataType.Bytes)
        {
            return new TensorValue { Name = name, DataType = type, Shape = shape, Strings = Strings(input, data, count) };
        }

        if (data.Length != (long)count * type.Size())
        {
            input.Fail("parameters.binary_data_size", $"must be {(long)count * type.Size()} for this shape and type");
        }

        return new TensorValue { Name = name, DataType = type, Shape = shape, Data = data };
    }

    /// <summary>Returns the bytes of an output.</summary>
    public static ReadOnlyMemory<byte> Write(TensorValue tensor)
    {
        if (tensor.DataType != TensorDataType.Bytes)
        {
            return tensor.Data;
        }

        byte[] bytes = new byte[tensor.Strings.Sum(text => sizeof(int) + text.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> text in tensor.Strings)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), text.Length);
            text.Span.CopyTo(bytes.AsSpan(at + sizeof(int)));
            at += sizeof(int) + text.Length;
        }

        return bytes;
    }

    private static List<ReadOnlyMemory<byte>> Strings(RequestReader input, ReadOnlyMemory<byte> data, int count)
    {
        var strings = new List<ReadOnlyMemory<byte>>();
        while (data.Length >= sizeof(int))
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(data.Span);
            if (length > data.Length - sizeof(int))
            {
                break;
            }

            strings.Add(data.Slice(sizeof(int), (int)length));
            data = data[(sizeof(int) + (int)length)..];
        }

        if (strings.Count != count || !data.IsEmpty)
        {
            input.Fail("parameters.binary_data_size", $"must hold {count} strings, each after its length");
        }

        return strings;
    }
}
