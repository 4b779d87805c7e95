using System.Runtime.InteropServices;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Models.Onnx;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Inference.Tests.Generation.Tensors;

/// <summary>A model may keep its weights in a file beside it; both are read from memory.</summary>
public sealed class ExternalWeightsTests
{
    private const int Elements = 1024;
    private const int Offset = 4096;

    [Theory]
    [InlineData("model.onnx", "model.onnx_data")]
    [InlineData("onnx/model.onnx", "onnx/model.onnx_data")]
    public async Task WeightsBesideTheModelAreRead(string model, string weights)
    {
        using ModelFiles files = Files(model, weights, Weights());
        Assert.True(files.TryGet(weights, out ReadOnlyMemory<byte> content));
        using ITensorModel loaded = LoadedModel.Load<ITensorModel>(ModelTask.Tensor, files);
        Assert.DoesNotContain(content.ToArray(), value => value != 0);
        float[] x = [.. Enumerable.Repeat(1000f, Elements)];
        var input = new TensorValue { Name = "x", DataType = TensorDataType.Fp32, Shape = [Elements], Data = MemoryMarshal.AsBytes<float>(x).ToArray() };
        Outcome<IReadOnlyList<TensorValue>> outcome = await loaded.InferAsync([input], [], TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, Elements).Select(value => 1000f + value), MemoryMarshal.Cast<byte, float>(outcome.Value![0].Data.Span).ToArray());
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        using ModelFiles files = Files("model.onnx", "other_data", Weights());
        Refusal refusal = LoadedModel.Refused(ModelTask.Tensor, files);
        Assert.Equal(RefusalReason.ModelInvalid, refusal.Reason);
        Assert.Contains("\"model.onnx_data\", which is not in the folder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACutFileIsRefused()
    {
        using ModelFiles files = Files("model.onnx", "model.onnx_data", Weights()[..^1]);
        Assert.Equal(RefusalReason.ModelInvalid, LoadedModel.Refused(ModelTask.Tensor, files).Reason);
    }

    private static byte[] Weights()
    {
        float[] numbers = [.. Enumerable.Range(0, Elements).Select(value => (float)value)];
        return [.. new byte[Offset], .. MemoryMarshal.AsBytes<float>(numbers)];
    }

    private static ModelFiles Files(string model, string weights, byte[] content)
    {
        var files = new ModelFiles();
        TestModels.Add(files, model, Model());
        TestModels.Add(files, weights, content);
        return files;
    }

    /// <summary>y = x + w, with w in a file.</summary>
    private static byte[] Model()
    {
        var model = new ProtoWriter();
        model.Integer(1, 8);
        model.Message(7, graph =>
        {
            graph.Message(1, node =>
            {
                foreach (string input in new[] { "x", "w" }) node.Text(1, input);
                node.Text(2, "y");
                node.Text(4, "Add");
            });
            graph.Text(2, "external");
            graph.Message(5, tensor =>
            {
                tensor.Integer(1, Elements);
                tensor.Integer(2, 1);
                tensor.Text(8, "w");
                Entry(tensor, "location", "model.onnx_data");
                Entry(tensor, "offset", $"{Offset}");
                Entry(tensor, "length", $"{Elements * sizeof(float)}");
                tensor.Integer(14, 1);
            });
            graph.Message(11, value => Vector(value, "x"));
            graph.Message(12, value => Vector(value, "y"));
        });
        model.Message(8, operators => operators.Integer(2, 17));
        return model.ToArray();
    }

    private static void Entry(ProtoWriter tensor, string key, string text) => tensor.Message(13, entry =>
    {
        entry.Text(1, key);
        entry.Text(2, text);
    });

    private static void Vector(ProtoWriter value, string name)
    {
        value.Text(1, name);
        value.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Integer(1, 1);
            tensor.Message(2, shape => shape.Message(1, dimension => dimension.Integer(1, Elements)));
        }));
    }
}
