using ConfidentialOperator.Models.Wdbc;
using Microsoft.ML.OnnxRuntime;

namespace ConfidentialOperator.Models.Tests.Wdbc;

public sealed class WdbcTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Wdbc");
    private static readonly WdbcTable s_heldOut = WdbcTable.Read(File.ReadLines(Path.Combine(s_folder, "held-out.csv")));

    [Fact]
    public void HeldOutRowsAreClassified()
    {
        (float[] probabilities, long[] labels) = Run(File.ReadAllBytes(Path.Combine(s_folder, "wdbc.onnx")), s_heldOut.Rows);
        int hits = s_heldOut.Rows.Where((row, index) => labels[index] == (row.Benign ? 1 : 0)).Count();
        TestContext.Current.TestOutputHelper?.WriteLine($"{hits} of {s_heldOut.Rows.Count}");
        Assert.Equal(143, s_heldOut.Rows.Count);
        Assert.True(hits >= 137, $"{hits} of 143");
        for (int row = 0; row < labels.Length; row++) Assert.Equal(1, probabilities[2 * row] + probabilities[(2 * row) + 1], 1e-5);
    }

    [Fact]
    public void FileIsSmall() => Assert.InRange(new FileInfo(Path.Combine(s_folder, "wdbc.onnx")).Length, 100, 1000);

    [Fact]
    public void LearningTwiceGivesTheSameBytes()
    {
        WdbcRow[] rows = [.. s_heldOut.Training];
        Assert.Equal(WdbcVerb.Export(LogisticRegression.Learn(rows)), WdbcVerb.Export(LogisticRegression.Learn(rows)));
    }

    [Fact]
    public void LearningSeparatesWhatItSaw()
    {
        WdbcRow[] rows = [.. s_heldOut.Training];
        (_, long[] labels) = Run(WdbcVerb.Export(LogisticRegression.Learn(rows)), rows);
        Assert.True(rows.Where((row, index) => labels[index] == (row.Benign ? 1 : 0)).Count() >= rows.Length * 0.97);
    }

    [Fact]
    public void ARowOfAnotherLengthIsRefused() => Assert.Throws<InvalidDataException>(() => WdbcTable.Read(["head", "1,2,3"]));

    private static (float[] Probabilities, long[] Labels) Run(byte[] model, IReadOnlyList<WdbcRow> rows)
    {
        using InferenceSession session = new(model);
        using RunOptions options = new();
        using OrtValue features = OrtValue.CreateTensorValueFromMemory([.. rows.SelectMany(row => row.Features)], [rows.Count, (long)WdbcTable.Features]);
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, ["features"], [features], ["probabilities", "label"]);
        return (results[0].GetTensorDataAsSpan<float>().ToArray(), results[1].GetTensorDataAsSpan<long>().ToArray());
    }
}
