namespace ConfidentialOperator.Inference.Tests.Running;

/// <summary>The models of this repository, as folders that can be sealed.</summary>
internal static class TestModels
{
    public static string Root { get; } = FindRoot();

    public static string DemoFaq => Path.Combine(Root, "tests", "Models", "DemoFaq");

    /// <summary>Copies the chat model: what a runtime needs of it, and no more.</summary>
    public static void CopyChat(string folder)
    {
        foreach (string name in new[] { "model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json" })
        {
            File.Copy(Path.Combine(DemoFaq, name), Path.Combine(folder, name));
        }
    }

    /// <summary>Copies the tensor model.</summary>
    public static void CopyTensor(string folder) => File.Copy(Path.Combine(Root, "tests", "Models", "Wdbc", "wdbc.onnx"), Path.Combine(folder, "model.onnx"));

    /// <summary>A row of the table that the tensor model was not trained on: 30 features and the class.</summary>
    public static (double[] Features, int Class) HeldOut(int row)
    {
        string[] cells = File.ReadLines(Path.Combine(Root, "tests", "Models", "Wdbc", "held-out.csv")).Skip(1 + row).First().Split(',');
        return ([.. cells[..^1].Select(cell => double.Parse(cell, System.Globalization.CultureInfo.InvariantCulture))],
            int.Parse(cells[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("ConfidentialOperator.sln was not found above the test.");
    }
}
