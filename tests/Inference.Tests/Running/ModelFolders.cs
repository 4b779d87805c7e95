using ConfidentialOperator.Inference.Tests.Generation;

namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>The models of this repository, as folders that can be sealed.</summary>
internal static class ModelFolders
{
    /// <summary>Copies the chat model: what a runtime needs of it, and no more.</summary>
    public static void CopyChat(string folder)
    {
        foreach (string name in new[] { "model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json" })
        {
            File.Copy(Path.Combine(TestModels.DemoFaq, name), Path.Combine(folder, name));
        }
    }

    /// <summary>Copies the tensor model.</summary>
    public static void CopyTensor(string folder) => File.Copy(Path.Combine(TestModels.Wdbc, "wdbc.onnx"), Path.Combine(folder, "model.onnx"));

    /// <summary>Copies the sentence encoder of the shared models; without it the test is skipped.</summary>
    public static void CopyEncoder(string folder)
    {
        string shared = TestModels.Shared("all-minilm-l6-v2");
        foreach (string name in Directory.GetFiles(shared).Where(name => Path.GetExtension(name) is ".onnx" or ".json" or ".txt" && !name.EndsWith("golden.json", StringComparison.Ordinal)))
        {
            File.Copy(name, Path.Combine(folder, Path.GetFileName(name)));
        }
    }

    /// <summary>A row of the table that the tensor model was not trained on: 30 features and the class.</summary>
    public static (double[] Features, int Class) HeldOut(int row)
    {
        string[] cells = File.ReadLines(Path.Combine(TestModels.Wdbc, "held-out.csv")).Skip(1 + row).First().Split(',');
        return ([.. cells[..^1].Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))],
            int.Parse(cells[^1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
