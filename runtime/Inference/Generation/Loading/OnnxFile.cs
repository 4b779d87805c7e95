namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Looks at an ONNX file before ONNX Runtime does: is it one, and is it whole without files beside it.</summary>
internal static class OnnxFile
{
    private const int ModelGraph = 7;
    private const int GraphInitializer = 5;
    private const int TensorDataLocation = 14;
    private const ulong External = 1;

    /// <summary>Throws <see cref="ModelFormatException"/> for a file that cannot be loaded.</summary>
    public static void Check(string name, ReadOnlySpan<byte> content)
    {
        bool hasGraph = false;
        var model = new ProtoReader(content);
        while (model.Read())
        {
            if (model.Field != ModelGraph) continue;
            CheckGraph(name, content.Length, model.Content);
            hasGraph = true;
        }

        if (model.Broken) throw Cut(name, content.Length);
        if (!hasGraph) throw ModelFormatException.Model($"{name} has no graph, so it is not an ONNX model; export the model again.");
    }

    private static void CheckGraph(string name, int length, ReadOnlySpan<byte> content)
    {
        var graph = new ProtoReader(content);
        while (graph.Read())
        {
            if (graph.Field == GraphInitializer && IsExternal(graph.Content)) throw ModelFormatException.Model(
                $"{name} keeps weights in a file beside it (external data), which this version does not read; export it as one file below 2 GiB.");
        }

        if (graph.Broken) throw Cut(name, length);
    }

    private static bool IsExternal(ReadOnlySpan<byte> content)
    {
        var tensor = new ProtoReader(content);
        bool external = false;
        while (tensor.Read()) external |= tensor.Field == TensorDataLocation && tensor.Number == External;
        return external;
    }

    private static ModelFormatException Cut(string name, int length) =>
        ModelFormatException.Model($"{name} is not an ONNX model, or it is cut ({length} bytes); export the model again and seal it again.");
}
