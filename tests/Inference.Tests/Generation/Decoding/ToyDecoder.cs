using System.Text;
using ConfidentialOperator.Inference.Generation;
using ConfidentialOperator.Models.Onnx;

namespace ConfidentialOperator.Inference.Tests.Generation.Decoding;

/// <summary>
/// A decoder whose next token is the sum of everything it was fed: tokens through its cache, mask, positions and flags. What is fed wrong gives
/// other tokens. It can have any layout.
/// </summary>
internal sealed record ToyDecoder
{
    public const int Vocabulary = 260;
    private const ElementType Half = (ElementType)10;
    private const ElementType Int32 = (ElementType)6;

    public ElementType Integers { get; init; } = ElementType.Int64;

    public bool HalfPrecision { get; init; }

    public bool Mask { get; init; } = true;

    public bool Positions { get; init; } = true;

    public bool UseCacheBranch { get; init; }

    public bool LogitsToKeep { get; init; }

    public string PastName { get; init; } = "past_key_values.3.key";

    public string PresentName { get; init; } = "present.3.key";

    public string IdsName { get; init; } = "input_ids";

    /// <summary>Gets the cache's dimensions; the third from the right is the tokens'.</summary>
    public object[] CacheShape { get; init; } = ["batch", 1, "past", 1];

    public static ToyDecoder WithInt32() => new() { Integers = Int32 };

    /// <summary>The tokens that it gives after a prompt, computed here.</summary>
    public IEnumerable<int> Expected(IReadOnlyList<int> prompt)
    {
        var tokens = new List<int>(prompt);
        int fed = 0;
        while (true)
        {
            int sum = tokens.Sum() + (Mask ? tokens.Count : 0) + (Positions ? tokens.Count - 1 : 0) + (UseCacheBranch && fed > 0 ? 1 : 0) + (LogitsToKeep ? 1 : 0);
            fed = tokens.Count;
            tokens.Add(sum % Vocabulary);
            yield return tokens[^1];
        }
    }

    public byte[] Model()
    {
        var graph = new OnnxGraph("toy");
        ElementType real = HalfPrecision ? Half : ElementType.Float;
        string ids = Float(graph, graph.Input(IdsName, Integers, "batch", "tokens"));
        string past = graph.Input(PastName, real, CacheShape);
        int rank = CacheShape.Length;
        long[] shape = [.. Enumerable.Repeat(1L, rank - 2), -1L, 1L];
        string added = Cast(graph, graph.Node("Reshape", ids, graph.Longs(shape)), real);
        graph.Node("Concat", [past, added], [NodeAttribute.Integer("axis", rank - 2)], PresentName);
        string sum = Scalar(graph, "ReduceSum", Cast(graph, PresentName, ElementType.Float));
        if (Mask) sum = graph.Node("Add", sum, Scalar(graph, "ReduceSum", Float(graph, graph.Input("attention_mask", Integers, "batch", "total"))));
        if (Positions) sum = graph.Node("Add", sum, graph.Node("ReduceMax", [Float(graph, graph.Input("position_ids", Integers, "batch", "tokens"))], [NodeAttribute.Integer("keepdims", 0)]));
        if (UseCacheBranch) sum = graph.Node("Add", sum, graph.Node("Squeeze", Float(graph, graph.Input("use_cache_branch", ElementType.Bool, 1))));
        if (LogitsToKeep) sum = graph.Node("Add", sum, Float(graph, graph.Input("num_logits_to_keep", ElementType.Int64)));
        string wanted = graph.Node("Mod", [sum, graph.Scalar((float)Vocabulary)], [NodeAttribute.Integer("fmod", 1)]);
        string all = graph.Weight("all", [.. Enumerable.Range(0, Vocabulary).Select(id => (float)id)], 1, 1, Vocabulary);
        string row = graph.Node("Neg", graph.Node("Abs", graph.Node("Sub", all, wanted)));
        string rows = LogitsToKeep ? row : graph.Node("Sub", row, graph.Node("Mul", graph.Node("Unsqueeze", ids, graph.Longs(2)), graph.Scalar(0f)));
        graph.Node("Cast", [rows], [NodeAttribute.Integer("to", (long)real)], "logits");
        graph.Output("logits", real, "batch", LogitsToKeep ? "kept" : "tokens", Vocabulary);
        graph.Output(PresentName, real, [.. CacheShape.Select(dimension => dimension is "past" ? "total" : dimension)]);
        return graph.ToBytes();
    }

    /// <summary>The model with the tokenizer of demo-faq and a context of 2,000 tokens.</summary>
    public ModelFiles Files()
    {
        var files = new ModelFiles();
        TestModels.Add(files, "model.onnx", Model());
        TestModels.Add(files, "tokenizer.json", File.ReadAllBytes(Path.Combine(TestModels.DemoFaq, "tokenizer.json")));
        TestModels.Add(files, "config.json", Encoding.UTF8.GetBytes("""{"max_position_embeddings":2000,"eos_token_id":259}"""));
        return files;
    }

    private static string Float(OnnxGraph graph, string value) => Cast(graph, value, ElementType.Float);

    private static string Cast(OnnxGraph graph, string value, ElementType type) => graph.Node("Cast", [value], [NodeAttribute.Integer("to", (long)type)]);

    private static string Scalar(OnnxGraph graph, string type, string value) => graph.Node(type, [value], [NodeAttribute.Integer("keepdims", 0)]);
}
