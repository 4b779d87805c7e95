using System.Runtime.InteropServices;

namespace ConfidentialOperator.Models.Onnx;

/// <summary>Builds an ONNX model node by node (onnx.proto3; operator set 17, intermediate representation 8).</summary>
internal sealed class OnnxGraph(string name)
{
    private const int OperatorSet = 17;
    private const int IntermediateRepresentation = 8;

    private readonly List<Action<ProtoWriter>> _nodes = [];
    private readonly List<Action<ProtoWriter>> _initializers = [];
    private readonly List<Action<ProtoWriter>> _inputs = [];
    private readonly List<Action<ProtoWriter>> _outputs = [];
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private int _next;

    /// <summary>Declares an input; a dimension is a number or a name.</summary>
    public string Input(string input, ElementType type, params object[] dimensions)
    {
        _inputs.Add(Value(input, type, dimensions));
        return input;
    }

    /// <summary>Declares that the value of this name is an output.</summary>
    public void Output(string output, ElementType type, params object[] dimensions) => _outputs.Add(Value(output, type, dimensions));

    /// <summary>Adds a weight.</summary>
    public string Weight(string weight, ReadOnlySpan<float> values, params long[] shape) =>
        Initializer(weight, ElementType.Float, MemoryMarshal.AsBytes(values).ToArray(), shape);

    /// <summary>Gives the name of a scalar; equal scalars are stored once.</summary>
    public string Scalar(float value) => Constant($"float_{value:R}", constant => Weight(constant, [value]));

    /// <summary>Gives the name of an integer scalar.</summary>
    public string Scalar(long value) =>
        Constant($"long_{value}", constant => Initializer(constant, ElementType.Int64, BitConverter.GetBytes(value), []));

    /// <summary>Gives the name of a vector of integers, such as axes or a shape.</summary>
    public string Longs(params long[] values) => Constant(
        $"longs_{string.Join('_', values)}",
        constant => Initializer(constant, ElementType.Int64, MemoryMarshal.AsBytes<long>(values).ToArray(), [values.Length]));

    /// <summary>Adds a node with one result and returns the result's name.</summary>
    public string Node(string type, params string[] inputs) => Node(type, inputs, []);

    /// <summary>Adds a node with one result that is named by the caller or by a counter.</summary>
    public string Node(string type, string[] inputs, NodeAttribute[] attributes, string? output = null)
    {
        string result = output ?? $"{type.ToLowerInvariant()}_{_next++}";
        Add(type, inputs, [result], attributes);
        return result;
    }

    /// <summary>Cuts the last axis into parts of these sizes.</summary>
    public string[] Split(string value, params long[] sizes)
    {
        string[] parts = [.. sizes.Select(_ => $"split_{_next++}")];
        Add("Split", [value, Longs(sizes)], parts, [NodeAttribute.Integer("axis", -1)]);
        return parts;
    }

    /// <summary>Returns the bytes of the model file.</summary>
    public byte[] ToBytes()
    {
        ProtoWriter model = new();
        model.Integer(1, IntermediateRepresentation);
        model.Text(2, "confidential-operator");
        model.Message(7, graph =>
        {
            _nodes.ForEach(node => graph.Message(1, node));
            graph.Text(2, name);
            _initializers.ForEach(initializer => graph.Message(5, initializer));
            _inputs.ForEach(input => graph.Message(11, input));
            _outputs.ForEach(output => graph.Message(12, output));
        });
        model.Message(8, operators =>
        {
            operators.Text(1, "");
            operators.Integer(2, OperatorSet);
        });
        return model.ToArray();
    }

    private void Add(string type, string[] inputs, string[] outputs, NodeAttribute[] attributes) => _nodes.Add(node =>
    {
        foreach (string input in inputs) node.Text(1, input);
        foreach (string output in outputs) node.Text(2, output);
        node.Text(3, outputs[0]);
        node.Text(4, type);
        foreach (NodeAttribute attribute in attributes) node.Message(5, attribute.Write);
    });

    private string Constant(string constant, Func<string, string> make) =>
        _constants.TryGetValue(constant, out string? known) ? known : _constants[constant] = make(constant);

    private string Initializer(string initializer, ElementType type, byte[] bytes, long[] shape)
    {
        _initializers.Add(tensor =>
        {
            foreach (long dimension in shape) tensor.Integer(1, dimension);
            tensor.Integer(2, (long)type);
            tensor.Text(8, initializer);
            tensor.Bytes(9, bytes);
        });
        return initializer;
    }

    private static Action<ProtoWriter> Value(string value, ElementType type, object[] dimensions) => info =>
    {
        info.Text(1, value);
        info.Message(2, typeProto => typeProto.Message(1, tensor =>
        {
            tensor.Integer(1, (long)type);
            tensor.Message(2, shape =>
            {
                foreach (object dimension in dimensions) shape.Message(1, written => Dimension(written, dimension));
            });
        }));
    };

    private static void Dimension(ProtoWriter written, object dimension)
    {
        if (dimension is string symbol) written.Text(2, symbol);
        else written.Integer(1, Convert.ToInt64(dimension));
    }
}
