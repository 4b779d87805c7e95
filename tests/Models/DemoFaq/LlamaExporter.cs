using ConfidentialOperator.Models.Onnx;

namespace ConfidentialOperator.Models.DemoFaq;

/// <summary>Turns a Llama-style checkpoint into ONNX in the layout of Optimum's decoder exports (with past).</summary>
internal sealed class LlamaExporter
{
    private const float Epsilon = 1e-5f;
    private const float RotaryBase = 10_000;
    private const float Masked = -1e9f;

    private readonly OnnxGraph _graph = new("decoder");
    private readonly LlamaWeights _weights;
    private string _cosine = "";
    private string _sine = "";
    private string _mask = "";

    private LlamaExporter(LlamaWeights weights) => _weights = weights;

    /// <summary>Returns the ONNX file of a checkpoint.</summary>
    public static byte[] Export(byte[] checkpoint)
    {
        LlamaWeights weights = new(checkpoint);
        byte[] model = new LlamaExporter(weights).Build();
        return weights.AtEnd ? model : throw new InvalidDataException("The checkpoint is longer than its header says.");
    }

    private byte[] Build()
    {
        string ids = _graph.Input("input_ids", ElementType.Int64, "batch_size", "sequence_length");
        string attention = _graph.Input("attention_mask", ElementType.Int64, "batch_size", "total_sequence_length");
        string positions = _graph.Input("position_ids", ElementType.Int64, "batch_size", "sequence_length");
        for (int layer = 0; layer < _weights.Layers; layer++)
        {
            Cache("past_key_values", layer, "past_sequence_length", _graph.Input);
            Cache("present", layer, "total_sequence_length", (name, type, shape) =>
            {
                _graph.Output(name, type, shape);
                return name;
            });
        }

        _graph.Output("logits", ElementType.Float, "batch_size", "sequence_length", _weights.Vocabulary);
        string embedding = _graph.Weight("embedding", _weights.Next(_weights.Vocabulary * _weights.Width), _weights.Vocabulary, _weights.Width);
        Rotary(positions);
        _mask = Mask(ids, attention);
        string x = _graph.Node("Gather", embedding, ids);
        for (int layer = 0; layer < _weights.Layers; layer++) x = Layer(layer, x);
        string last = _graph.RmsNorm(x, _graph.Weight("norm", _weights.Next(_weights.Width), _weights.Width), Epsilon);
        _graph.Node("MatMul", [last, _graph.Transpose(embedding, 1, 0)], [], "logits");
        return _graph.ToBytes();
    }

    private void Cache(string prefix, int layer, string length, Func<string, ElementType, object[], string> declare)
    {
        foreach (string part in (string[])["key", "value"])
        {
            declare($"{prefix}.{layer}.{part}", ElementType.Float, ["batch_size", _weights.KeyHeads, length, _weights.HeadSize]);
        }
    }

    private void Rotary(string positions)
    {
        int half = _weights.HeadSize / 2;
        float[] cosine = new float[_weights.Context * _weights.HeadSize];
        float[] sine = new float[cosine.Length];
        for (int i = 0; i < cosine.Length; i++)
        {
            int pair = i % _weights.HeadSize % half;
            float angle = i / _weights.HeadSize * MathF.Pow(RotaryBase, -2f * pair / _weights.HeadSize);
            (sine[i], cosine[i]) = (MathF.Sin(angle), MathF.Cos(angle));
        }

        _cosine = At(_graph.Weight("cosine", cosine, _weights.Context, _weights.HeadSize));
        _sine = At(_graph.Weight("sine", sine, _weights.Context, _weights.HeadSize));
        string At(string table) => _graph.Node("Unsqueeze", _graph.Node("Gather", table, positions), _graph.Longs(1));
    }

    /// <summary>Zero where a query may look, a large negative number elsewhere: later tokens and padding.</summary>
    private string Mask(string ids, string attention)
    {
        string past = _graph.Length("past_key_values.0.key", 2);
        string total = _graph.Length(attention, 1);
        string queries = _graph.Node("Range", past, _graph.Node("Add", past, _graph.Length(ids, 1)), _graph.Scalar(1L));
        string keys = _graph.Node("Range", _graph.Scalar(0L), total, _graph.Scalar(1L));
        string causal = _graph.Node("LessOrEqual", _graph.Node("Unsqueeze", keys, _graph.Longs(0)), _graph.Node("Unsqueeze", queries, _graph.Longs(1)));
        string present = _graph.Node("Unsqueeze", _graph.Cast(attention, ElementType.Bool), _graph.Longs(1, 2));
        return _graph.Node("Where", _graph.Node("And", causal, present), _graph.Scalar(0f), _graph.Scalar(Masked));
    }

    private string Layer(int layer, string x)
    {
        (int width, int hidden) = (_weights.Width, _weights.Hidden);
        string normed = _graph.RmsNorm(x, Vector(layer, "attention_norm"), Epsilon);
        string attended = _graph.Node("Add", x, Attention(layer, normed));
        string inner = _graph.RmsNorm(attended, Vector(layer, "ffn_norm"), Epsilon);
        string gate = _graph.Node("MatMul", inner, Matrix(layer, "gate", hidden, width));
        string down = Matrix(layer, "down", width, hidden);
        string up = _graph.Node("MatMul", inner, Matrix(layer, "up", hidden, width));
        string open = _graph.Node("Mul", gate, _graph.Node("Sigmoid", gate));
        return _graph.Node("Add", attended, _graph.Node("MatMul", _graph.Node("Mul", open, up), down));
    }

    private string Attention(int layer, string x)
    {
        (int width, int size, int heads, int keyHeads) = (_weights.Width, _weights.HeadSize, _weights.Heads, _weights.KeyHeads);
        string query = Rotated(_graph.SplitHeads(_graph.Node("MatMul", x, Matrix(layer, "q", width, width)), heads, size));
        string key = Rotated(_graph.SplitHeads(_graph.Node("MatMul", x, Matrix(layer, "k", keyHeads * size, width)), keyHeads, size));
        string value = _graph.SplitHeads(_graph.Node("MatMul", x, Matrix(layer, "v", keyHeads * size, width)), keyHeads, size);
        key = Repeated(_graph.Concat(2, $"present.{layer}.key", $"past_key_values.{layer}.key", key));
        value = Repeated(_graph.Concat(2, $"present.{layer}.value", $"past_key_values.{layer}.value", value));
        string scores = _graph.Node("MatMul", query, _graph.Transpose(key, 0, 1, 3, 2));
        scores = _graph.Node("Add", _graph.Node("Mul", scores, _graph.Scalar(1 / MathF.Sqrt(size))), _mask);
        string mixed = _graph.JoinHeads(_graph.Node("MatMul", _graph.Softmax(scores), value), width);
        return _graph.Node("MatMul", mixed, Matrix(layer, "o", width, width));
    }

    private string Rotated(string value)
    {
        long half = _weights.HeadSize / 2;
        string[] parts = _graph.Split(value, half, half);
        string turned = _graph.Concat(-1, null, _graph.Node("Neg", parts[1]), parts[0]);
        return _graph.Node("Add", _graph.Node("Mul", value, _cosine), _graph.Node("Mul", turned, _sine));
    }

    /// <summary>Repeats each key head for the query heads that share it (grouped-query attention).</summary>
    private string Repeated(string value)
    {
        string tiled = _graph.Node("Tile", _graph.Node("Unsqueeze", value, _graph.Longs(2)), _graph.Longs(1, 1, _weights.Heads / _weights.KeyHeads, 1, 1));
        return _graph.Node("Reshape", tiled, _graph.Longs(0, _weights.Heads, -1, _weights.HeadSize));
    }

    private string Vector(int layer, string name) => _graph.Weight($"{layer}.{name}", _weights.Next(_weights.Width), _weights.Width);

    private string Matrix(int layer, string name, int rows, int columns) =>
        _graph.Weight($"{layer}.{name}", _weights.NextTransposed(rows, columns), columns, rows);
}
