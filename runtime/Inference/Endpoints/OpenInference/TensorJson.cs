using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenInference;

/// <summary>Tensors as JSON: a flat list in row-major order, or nested lists.</summary>
internal static class TensorJson
{
    /// <summary>Reads <c>data</c>; a fault names the input.</summary>
    public static TensorValue Read(RequestReader input, JsonElement data, string name, TensorDataType type, long[] shape, int count)
    {
        var elements = new List<JsonElement>(Math.Min(count, 1024));
        bool counted = data.ValueKind == JsonValueKind.Array && TryFlatten(data, elements, count) && elements.Count == count;
        if (!counted)
        {
            input.Fail("data", $"must be a list of {count} elements, as the shape says");
        }

        if (type == TensorDataType.Bytes)
        {
            return new TensorValue { Name = name, DataType = type, Shape = shape, Strings = counted ? Strings(input, elements) : [] };
        }

        byte[] bytes = new byte[counted ? count * type.Size() : 0];
        for (int i = 0; i < elements.Count && counted; i++)
        {
            if (!TryStore(elements[i], type, bytes.AsSpan(i * type.Size())))
            {
                input.Fail("data", $"has an element that is not of type {type.Word()}");
                break;
            }
        }

        return new TensorValue { Name = name, DataType = type, Shape = shape, Data = bytes };
    }

    /// <summary>Writes <c>data</c> as a flat list.</summary>
    public static void Write(Utf8JsonWriter json, TensorValue tensor)
    {
        json.WriteStartArray("data");
        foreach (ReadOnlyMemory<byte> text in tensor.Strings)
        {
            json.WriteStringValue(Encoding.UTF8.GetString(text.Span));
        }

        int size = tensor.DataType.Size();
        for (int at = 0; size > 0 && at < tensor.Data.Length; at += size)
        {
            WriteElement(json, tensor.DataType, tensor.Data.Span.Slice(at, size));
        }

        json.WriteEndArray();
    }

    private static bool TryFlatten(JsonElement list, List<JsonElement> elements, int most)
    {
        foreach (JsonElement entry in list.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Array ? !TryFlatten(entry, elements, most) : elements.Count == most)
            {
                return false;
            }

            if (entry.ValueKind != JsonValueKind.Array)
            {
                elements.Add(entry);
            }
        }

        return true;
    }

    private static ReadOnlyMemory<byte>[] Strings(RequestReader input, List<JsonElement> elements)
    {
        if (elements.Exists(element => element.ValueKind != JsonValueKind.String))
        {
            input.Fail("data", "has an element that is not a text");
            return [];
        }

        return [.. elements.Select(element => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(element.GetString()!))];
    }

    private static bool TryStore(JsonElement element, TensorDataType type, Span<byte> destination)
    {
        if (type == TensorDataType.Bool)
        {
            bool isNumber = element.ValueKind == JsonValueKind.Number && element.TryGetByte(out byte number) && number <= 1;
            destination[0] = element.ValueKind == JsonValueKind.True || (isNumber && element.GetByte() == 1) ? (byte)1 : (byte)0;
            return isNumber || element.ValueKind is JsonValueKind.True or JsonValueKind.False;
        }

        return element.ValueKind == JsonValueKind.Number && (type is TensorDataType.Fp16 or TensorDataType.Fp32 or TensorDataType.Fp64
            ? TryStoreFloat(element, type, destination) : TryStoreInteger(element, type, destination));
    }

    private static bool TryStoreFloat(JsonElement element, TensorDataType type, Span<byte> destination)
    {
        if (!element.TryGetDouble(out double value) || !double.IsFinite(value))
        {
            return false;
        }

        switch (type)
        {
            case TensorDataType.Fp16:
                MemoryMarshal.Write(destination, (Half)value);
                return true;
            case TensorDataType.Fp32:
                MemoryMarshal.Write(destination, (float)value);
                return true;
            default:
                MemoryMarshal.Write(destination, value);
                return true;
        }
    }

    private static bool TryStoreInteger(JsonElement element, TensorDataType type, Span<byte> destination) => type switch
    {
        TensorDataType.UInt8 => element.TryGetByte(out byte value) && MemoryMarshal.TryWrite(destination, value),
        TensorDataType.UInt16 => element.TryGetUInt16(out ushort value) && MemoryMarshal.TryWrite(destination, value),
        TensorDataType.UInt32 => element.TryGetUInt32(out uint value) && MemoryMarshal.TryWrite(destination, value),
        TensorDataType.UInt64 => element.TryGetUInt64(out ulong value) && MemoryMarshal.TryWrite(destination, value),
        TensorDataType.Int8 => element.TryGetSByte(out sbyte value) && MemoryMarshal.TryWrite(destination, value),
        TensorDataType.Int16 => element.TryGetInt16(out short value) && MemoryMarshal.TryWrite(destination, value),
        TensorDataType.Int32 => element.TryGetInt32(out int value) && MemoryMarshal.TryWrite(destination, value),
        _ => element.TryGetInt64(out long value) && MemoryMarshal.TryWrite(destination, value),
    };

    private static void WriteElement(Utf8JsonWriter json, TensorDataType type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case TensorDataType.Bool:
                json.WriteBooleanValue(bytes[0] != 0);
                break;
            case TensorDataType.Fp16:
                WriteFloat(json, (float)MemoryMarshal.Read<Half>(bytes));
                break;
            case TensorDataType.Fp32:
                WriteFloat(json, MemoryMarshal.Read<float>(bytes));
                break;
            case TensorDataType.Fp64:
                WriteDouble(json, MemoryMarshal.Read<double>(bytes));
                break;
            case TensorDataType.UInt64:
                json.WriteNumberValue(MemoryMarshal.Read<ulong>(bytes));
                break;
            default:
                json.WriteNumberValue(Integer(type, bytes));
                break;
        }
    }

    private static long Integer(TensorDataType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorDataType.UInt8 => bytes[0],
        TensorDataType.UInt16 => MemoryMarshal.Read<ushort>(bytes),
        TensorDataType.UInt32 => MemoryMarshal.Read<uint>(bytes),
        TensorDataType.Int8 => (sbyte)bytes[0],
        TensorDataType.Int16 => MemoryMarshal.Read<short>(bytes),
        TensorDataType.Int32 => MemoryMarshal.Read<int>(bytes),
        _ => MemoryMarshal.Read<long>(bytes),
    };

    // JSON has no word for what is not finite.
    private static void WriteFloat(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteDouble(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
