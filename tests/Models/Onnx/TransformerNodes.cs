namespace ConfidentialOperator.Models.Onnx;

/// <summary>Groups of nodes that transformers share.</summary>
internal static class TransformerNodes
{
    /// <summary>Mean over one axis, which stays with length one.</summary>
    public static string Mean(this OnnxGraph graph, string value) =>
        graph.Node("ReduceMean", [value], [NodeAttribute.Integers("axes", -1), NodeAttribute.Integer("keepdims", 1)]);

    /// <summary>Transposes by a permutation.</summary>
    public static string Transpose(this OnnxGraph graph, string value, params long[] permutation) =>
        graph.Node("Transpose", [value], [NodeAttribute.Integers("perm", permutation)]);

    /// <summary>Concatenates along an axis.</summary>
    public static string Concat(this OnnxGraph graph, long axis, string? output, params string[] values) =>
        graph.Node("Concat", values, [NodeAttribute.Integer("axis", axis)], output);

    /// <summary>Converts to another element type.</summary>
    public static string Cast(this OnnxGraph graph, string value, ElementType type) =>
        graph.Node("Cast", [value], [NodeAttribute.Integer("to", (long)type)]);

    /// <summary>Softmax over the last axis.</summary>
    public static string Softmax(this OnnxGraph graph, string value) =>
        graph.Node("Softmax", [value], [NodeAttribute.Integer("axis", -1)]);

    /// <summary>The length of one axis as a scalar.</summary>
    public static string Length(this OnnxGraph graph, string value, long axis) =>
        graph.Node("Gather", graph.Node("Shape", value), graph.Scalar(axis));

    /// <summary>RMS normalisation, as in Llama.</summary>
    public static string RmsNorm(this OnnxGraph graph, string value, string weight, float epsilon)
    {
        string square = graph.Mean(graph.Node("Mul", value, value));
        string root = graph.Node("Sqrt", graph.Node("Add", square, graph.Scalar(epsilon)));
        return graph.Node("Mul", graph.Node("Div", value, root), weight);
    }

    /// <summary>Layer normalisation with scale and bias.</summary>
    public static string LayerNorm(this OnnxGraph graph, string value, string scale, string bias, float epsilon)
    {
        string centred = graph.Node("Sub", value, graph.Mean(value));
        string variance = graph.Mean(graph.Node("Mul", centred, centred));
        string root = graph.Node("Sqrt", graph.Node("Add", variance, graph.Scalar(epsilon)));
        return graph.Node("Add", graph.Node("Mul", graph.Node("Div", centred, root), scale), bias);
    }

    /// <summary>[batch, sequence, heads * size] to [batch, heads, sequence, size].</summary>
    public static string SplitHeads(this OnnxGraph graph, string value, long heads, long size) =>
        graph.Transpose(graph.Node("Reshape", value, graph.Longs(0, 0, heads, size)), 0, 2, 1, 3);

    /// <summary>[batch, heads, sequence, size] to [batch, sequence, width].</summary>
    public static string JoinHeads(this OnnxGraph graph, string value, long width) =>
        graph.Node("Reshape", graph.Transpose(value, 0, 2, 1, 3), graph.Longs(0, 0, width));
}
