using System.Text.Json;
using ConfidentialOperator.Inference.Endpoints.Reading;
using ConfidentialOperator.Inference.Generation;

namespace ConfidentialOperator.Inference.Endpoints.OpenInference;

/// <summary>The body of <c>POST /v2/models/{m}/infer</c>: tensors as JSON, or as bytes after the JSON.</summary>
internal sealed class InferRequest
{
    private const int MostTensors = 256;
    private const int MostDimensions = 16;

    private readonly ReadOnlyMemory<byte> _binary;
    private int _taken;

    private InferRequest(ReadOnlyMemory<byte> binary) => _binary = binary;

    /// <summary>Gets the caller's own name of the request; null when it has none.</summary>
    public string? Id { get; private set; }

    public IReadOnlyList<TensorValue> Inputs { get; private set; } = [];

    /// <summary>Gets the outputs that are wanted; empty: all.</summary>
    public IReadOnlyList<string> Outputs { get; private set; } = [];

    /// <summary>Gets the outputs that are wanted as bytes.</summary>
    public IReadOnlySet<string> BinaryOutputs { get; private set; } = new HashSet<string>();

    /// <summary>Gets whether outputs are bytes where nothing else is said.</summary>
    public bool AllBinary { get; private set; }

    /// <summary>Reads the JSON; inputs may take their data from the bytes that follow it.</summary>
    public static InferRequest Read(RequestReader reader, ReadOnlyMemory<byte> binary)
    {
        var request = new InferRequest(binary) { Id = reader.Text("id") };
        if (reader.Child("parameters") is { } parameters)
        {
            request.AllBinary = parameters.Flag("binary_data_output") ?? false;
        }

        RequestReader[] inputs = [.. reader.Objects("inputs")];
        if (inputs.Length is 0 or > MostTensors)
        {
            reader.Fail("inputs", $"must be a list of 1 to {MostTensors} tensors");
        }

        request.Inputs = [.. inputs.Select(request.Input)];
        request.ReadOutputs([.. reader.Objects("outputs")]);
        if (request._taken != binary.Length)
        {
            reader.Fail("inputs", $"take {request._taken} bytes of tensor data; {binary.Length} follow the JSON");
        }

        return request;
    }

    private void ReadOutputs(RequestReader[] outputs)
    {
        var names = new List<string>();
        var binary = new HashSet<string>(StringComparer.Ordinal);
        foreach (RequestReader output in outputs)
        {
            string name = output.RequiredText("name");
            names.Add(name);
            if ((output.Child("parameters")?.Flag("binary_data") ?? AllBinary) && !binary.Add(name))
            {
                output.Fail("name", "stands twice");
            }
        }

        (Outputs, BinaryOutputs) = (names, binary);
    }

    private TensorValue Input(RequestReader input)
    {
        string name = input.RequiredText("name");
        string word = input.RequiredText("datatype");
        if (!TensorDataTypes.TryParse(word, out TensorDataType type))
        {
            input.Fail("datatype", "must be a type of the Open Inference Protocol, such as FP32");
        }

        long[] shape = Shape(input);
        long count = Count(shape);
        if (count < 0)
        {
            input.Fail("shape", "has more elements than a request can have");
            return new TensorValue { Name = name, DataType = type, Shape = shape };
        }

        long? bytes = input.Child("parameters")?.Integer("binary_data_size", 0, int.MaxValue);
        JsonElement? data = input.Any("data");
        if (bytes is null == data is null)
        {
            input.Fail("data", "must be there, or else 'parameters.binary_data_size'");
        }

        if (!input.IsSound)
        {
            return new TensorValue { Name = name, DataType = type, Shape = shape };
        }

        return data is { } json ? TensorJson.Read(input, json, name, type, shape, (int)count)
            : TensorBinary.Read(input, Take(input, (int)bytes!.Value), name, type, shape, (int)count);
    }

    private ReadOnlyMemory<byte> Take(RequestReader input, int bytes)
    {
        if (bytes > _binary.Length - _taken)
        {
            input.Fail("parameters.binary_data_size", "is more than what follows the JSON");
            return default;
        }

        _taken += bytes;
        return _binary.Slice(_taken - bytes, bytes);
    }

    private static long[] Shape(RequestReader input)
    {
        JsonElement[] given = input.Elements("shape");
        bool isShape = given.Length <= MostDimensions && given.All(dimension => dimension.ValueKind == JsonValueKind.Number
            && dimension.TryGetInt64(out long size) && size is >= 0 and <= int.MaxValue);
        if (!isShape)
        {
            input.Fail("shape", $"must be a list of at most {MostDimensions} whole numbers from 0");
            return [];
        }

        input.Missing("shape", given);
        return [.. given.Select(dimension => dimension.GetInt64())];
    }

    // Minus one when there are more than fit.
    private static long Count(long[] shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            count = count == 0 || dimension == 0 ? 0 : dimension > int.MaxValue / count ? -1 : count * dimension;
            if (count < 0)
            {
                return -1;
            }
        }

        return count;
    }
}
