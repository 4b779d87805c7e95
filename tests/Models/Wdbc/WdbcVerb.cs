using ConfidentialOperator.Models.Onnx;

namespace ConfidentialOperator.Models.Wdbc;

/// <summary><c>wdbc CSV OUT</c>: learns the tumour classifier and writes it as ONNX.</summary>
internal static class WdbcVerb
{
    /// <summary>Reads the table, learns from three quarters of it, and writes the model and, beside it, the quarter to test with.</summary>
    public static async Task RunAsync(string table, string output, CancellationToken cancellationToken)
    {
        string[] lines = await File.ReadAllLinesAsync(table, cancellationToken);
        WdbcTable read = WdbcTable.Read(lines);
        string heldOut = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(output))!, "held-out.csv");
        await File.WriteAllLinesAsync(heldOut, [lines[0], .. lines.Skip(1).Where((_, index) => WdbcTable.IsHeldOut(index))], cancellationToken);
        await File.WriteAllBytesAsync(output, Export(LogisticRegression.Learn([.. read.Training])), cancellationToken);
    }

    /// <summary>Raw features in; probabilities of malignant and benign, and the likelier class, out.</summary>
    public static byte[] Export(LogisticRegression regression)
    {
        OnnxGraph graph = new("wdbc");
        string features = graph.Input("features", ElementType.Float, "batch", WdbcTable.Features);
        graph.Output("probabilities", ElementType.Float, "batch", 2);
        graph.Output("label", ElementType.Int64, "batch");

        // Standardisation and regression are one linear map, so the file holds one matrix instead of three vectors.
        float[] slope = [.. regression.Weights.Zip(regression.Deviation, (weight, deviation) => weight / deviation)];
        float offset = regression.Bias - slope.Zip(regression.Mean, (weight, mean) => weight * mean).Sum();
        float[] matrix = [.. slope.SelectMany(weight => (float[])[0, weight])];
        string scores = graph.Node("Gemm", features, graph.Weight("w", matrix, WdbcTable.Features, 2), graph.Weight("b", [0, offset], 2));
        graph.Node("Softmax", [scores], [NodeAttribute.Integer("axis", -1)], "probabilities");
        graph.Node("ArgMax", ["probabilities"], [NodeAttribute.Integer("axis", -1), NodeAttribute.Integer("keepdims", 0)], "label");
        return graph.ToBytes();
    }
}
