using System.Text;

namespace ConfidentialOperator.Inference.Generation.Loading;

/// <summary>Looks at an ONNX file before ONNX Runtime does: is it one, is it whole, and which files beside it have its weights.</summary>
internal static class OnnxFile
{
    private const int ModelGraph = 7;
    private const int GraphInitializer = 5;
    private const int TensorExternalData = 13;
    private const int TensorDataLocation = 14;
    private const int EntryKey = 1;
    private const int EntryValue = 2;
    private const ulong External = 1;

    /// <summary>Throws <see cref="ModelFormatException"/> for a file that cannot be loaded; gives the names of the files with its weights.</summary>
    public static IReadOnlySet<string> Check(string name, ReadOnlySpan<byte> content)
    {
        var locations = new HashSet<string>(StringComparer.Ordinal);
        bool hasGraph = false;
        var model = new ProtoReader(content);
        while (model.Read())
        {
            if (model.Field != ModelGraph) continue;
            if (!ReadGraph(model.Content, locations)) throw Cut(name, content.Length);
            hasGraph = true;
        }

        if (model.Broken) throw Cut(name, content.Length);
        if (!hasGraph) throw ModelFormatException.Model($"{name} has no graph, so it is not an ONNX model; export the model again.");
        return locations;
    }

    private static bool ReadGraph(ReadOnlySpan<byte> content, HashSet<string> locations)
    {
        var graph = new ProtoReader(content);
        while (graph.Read())
        {
            if (graph.Field == GraphInitializer && Location(graph.Content) is { } location) locations.Add(location);
        }

        return !graph.Broken;
    }

    /// <summary>The file of a tensor; null when its data is in the model.</summary>
    private static string? Location(ReadOnlySpan<byte> content)
    {
        var tensor = new ProtoReader(content);
        bool external = false;
        string location = "";
        while (tensor.Read())
        {
            external |= tensor.Field == TensorDataLocation && tensor.Number == External;
            if (tensor.Field == TensorExternalData && Entry(tensor.Content) is { } value) location = value;
        }

        return external ? location : null;
    }

    private static string? Entry(ReadOnlySpan<byte> content)
    {
        var entry = new ProtoReader(content);
        bool isLocation = false;
        string? value = null;
        while (entry.Read())
        {
            if (entry.Field == EntryKey) isLocation = entry.Content.SequenceEqual("location"u8);
            else if (entry.Field == EntryValue) value = Encoding.UTF8.GetString(entry.Content);
        }

        return isLocation ? value : null;
    }

    private static ModelFormatException Cut(string name, int length) =>
        ModelFormatException.Model($"{name} is not an ONNX model, or it is cut ({length} bytes); export the model again and seal it again.");
}
