namespace ConfidentialOperator.Models.Onnx;

/// <summary>An attribute of a node (onnx.proto3, message AttributeProto).</summary>
internal sealed record NodeAttribute(Action<ProtoWriter> Write)
{
    private const int IntegerType = 2;
    private const int IntegersType = 7;

    /// <summary>Makes an integer attribute.</summary>
    public static NodeAttribute Integer(string name, long value) => new(attribute =>
    {
        attribute.Text(1, name);
        attribute.Integer(3, value);
        attribute.Integer(20, IntegerType);
    });

    /// <summary>Makes an attribute of several integers.</summary>
    public static NodeAttribute Integers(string name, params long[] values) => new(attribute =>
    {
        attribute.Text(1, name);
        foreach (long value in values) attribute.Integer(8, value);
        attribute.Integer(20, IntegersType);
    });
}
