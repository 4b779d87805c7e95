using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ConfidentialOperator.Models.DemoFaq;

/// <summary><c>demo-faq CHECKPOINT OUTDIR</c>: writes the model folder that the runtime serves.</summary>
internal static class DemoFaqVerb
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes model.onnx, its digest, the tokenizer files and config.json.</summary>
    public static async Task RunAsync(string checkpoint, string folder, CancellationToken cancellationToken)
    {
        byte[] weights = await File.ReadAllBytesAsync(checkpoint, cancellationToken);
        byte[] model = LlamaExporter.Export(weights);
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, "model.onnx"), model, cancellationToken);
        string digest = Convert.ToHexStringLower(SHA256.HashData(model)) + "  model.onnx\n";
        await File.WriteAllTextAsync(Path.Combine(folder, "model.onnx.sha256"), digest, cancellationToken);
        await WriteAsync(folder, "tokenizer.json", ByteTokenizer.Tokenizer(), cancellationToken);
        await WriteAsync(folder, "tokenizer_config.json", ByteTokenizer.Configuration(), cancellationToken);
        await WriteAsync(folder, "config.json", Configuration(new LlamaWeights(weights)), cancellationToken);
    }

    private static Task WriteAsync(string folder, string name, JsonObject content, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(Path.Combine(folder, name), content.ToJsonString(s_readable) + "\n", cancellationToken);

    private static JsonObject Configuration(LlamaWeights weights) => new()
    {
        ["architectures"] = new JsonArray("LlamaForCausalLM"),
        ["model_type"] = "llama",
        ["vocab_size"] = weights.Vocabulary,
        ["hidden_size"] = weights.Width,
        ["intermediate_size"] = weights.Hidden,
        ["num_hidden_layers"] = weights.Layers,
        ["num_attention_heads"] = weights.Heads,
        ["num_key_value_heads"] = weights.KeyHeads,
        ["head_dim"] = weights.HeadSize,
        ["max_position_embeddings"] = weights.Context,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["tie_word_embeddings"] = true,
        ["bos_token_id"] = ByteTokenizer.Begin,
        ["eos_token_id"] = ByteTokenizer.End,
    };
}
