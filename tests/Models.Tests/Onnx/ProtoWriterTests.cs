using ConfidentialOperator.Models.Onnx;

namespace ConfidentialOperator.Models.Tests.Onnx;

/// <summary>The examples of the protocol buffers encoding guide.</summary>
public sealed class ProtoWriterTests
{
    [Fact]
    public void WritesTheGuidesExamples()
    {
        ProtoWriter writer = new();
        writer.Integer(1, 150);
        writer.Text(2, "testing");
        writer.Message(3, inner => inner.Integer(1, 150));
        writer.Single(4, 1);
        Assert.Equal("089601" + "120774657374696E67" + "1A03089601" + "250000803F", Convert.ToHexString(writer.ToArray()));
    }

    [Fact]
    public void WritesNegativeNumbersAsTenBytes()
    {
        ProtoWriter writer = new();
        writer.Integer(1, -1);
        Assert.Equal("08FFFFFFFFFFFFFFFFFF01", Convert.ToHexString(writer.ToArray()));
    }
}
