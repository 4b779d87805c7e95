using ConfidentialOperator.Models.Onnx;

namespace ConfidentialOperator.Models.UseLite;

/// <summary>Rebuilds the network of Universal Sentence Encoder lite densely: token ids and mask in, one vector of 512 out.</summary>
internal sealed class UseLiteExporter
{
    private const string Prefix = "/Encoder_en/KonaTransformer/Encode/";
    private const float Epsilon = 1e-6f;
    private const float Masked = -1e9f;
    private const int Heads = 4;
    private const int Inner = 1536;
    private const int Width = 256;
    private const int Output = 512;
    private const int Tokens = 8002;

    private readonly OnnxGraph _graph = new("use-lite");
    private readonly TensorFlowWeights _weights;
    private string _mask = "";
    private string _bias = "";

    private UseLiteExporter(TensorFlowWeights weights) => _weights = weights;

    /// <summary>Returns the ONNX file.</summary>
    public static byte[] Export(TensorFlowWeights weights) => new UseLiteExporter(weights).Build();

    private byte[] Build()
    {
        string ids = _graph.Input("input_ids", ElementType.Int64, "batch_size", "sequence_length");
        string attention = _graph.Input("attention_mask", ElementType.Int64, "batch_size", "sequence_length");
        _graph.Output("sentence_embedding", ElementType.Float, "batch_size", Output);
        string flags = _graph.Cast(attention, ElementType.Float);
        _mask = _graph.Node("Unsqueeze", flags, _graph.Longs(2));
        string hidden = _graph.Node("Sub", _graph.Scalar(1f), _graph.Node("Unsqueeze", flags, _graph.Longs(1, 2)));
        _bias = _graph.Node("Mul", hidden, _graph.Scalar(Masked));

        string x = Embed(ids);
        string projected = Dense(x, "residual", "Layer_0/TransformerLayer/dense/kernel/ConcatPartitions/concat", "Layer_0/TransformerLayer/dense/bias/ConcatPartitions/concat", Width, Output);
        x = FeedForward(0, _graph.Node("Add", projected, Attention(0, x, Width)));
        x = FeedForward(1, _graph.Node("Add", x, Attention(1, x, Output)));
        Pool(x);
        return _graph.ToBytes();
    }

    private string Embed(string ids)
    {
        string table = _graph.Weight("embedding", _weights.Tensor("/Embeddings_en", Tokens, Width), Tokens, Width);
        string rows = _graph.Node("Mul", _graph.Node("Gather", table, ids), _mask);
        string scales = _graph.Weight("timing", _weights.Tensor(Prefix + "TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1", Width / 2), 1, Width / 2);
        string positions = _graph.Node("Range", _graph.Scalar(0L), _graph.Length(ids, 1), _graph.Scalar(1L));
        string angle = _graph.Node("Mul", _graph.Node("Unsqueeze", _graph.Cast(positions, ElementType.Float), _graph.Longs(1)), scales);
        string signal = _graph.Concat(-1, null, _graph.Node("Sin", angle), _graph.Node("Cos", angle));

        // The published graph adds the embedding to itself before the signal; leaving that out changes every vector.
        string doubled = _graph.Node("Mul", rows, _graph.Scalar(2f));
        return _graph.Node("Mul", _graph.Node("Add", doubled, signal), _mask);
    }

    private string Attention(int layer, string x, int width)
    {
        int size = width / Heads;
        string path = $"Layer_{layer}/TransformerLayer/MultiheadAttention/";
        string normed = Norm(x, $"Layer_{layer}/TransformerLayer/layer_prepostprocess", width);
        string joined = Dense(normed, $"qkv{layer}", path + "qkv_transform_single/kernel/part_0", path + "qkv_transform_single/bias/ConcatPartitions/concat", width, 3 * width);
        string[] parts = _graph.Split(joined, width, width, width);
        string query = _graph.Node("Mul", _graph.SplitHeads(parts[0], Heads, size), _graph.Scalar(1 / MathF.Sqrt(size)));
        string key = _graph.Transpose(_graph.SplitHeads(parts[1], Heads, size), 0, 1, 3, 2);
        string scores = _graph.Node("Add", _graph.Node("MatMul", query, key), _bias);
        string mixed = _graph.Node("MatMul", _graph.Softmax(scores), _graph.SplitHeads(parts[2], Heads, size));
        return Dense(_graph.JoinHeads(mixed, width), $"output{layer}", path + "output_transform_single/kernel/part_0", path + "output_transform_single/bias/ConcatPartitions/concat", width, Output);
    }

    private string FeedForward(int layer, string x)
    {
        string path = $"Layer_{layer}/TransformerLayer/FFN/";
        string stack = "TransformerStack/" + path;
        string normed = Norm(x, path + "layer_prepostprocess", Output);
        string wide = Dense(normed, $"wide{layer}", stack + "conv1/Tensordot/Reshape_1", path + "conv1/bias/ConcatPartitions/concat", Output, Inner);
        string narrow = Dense(_graph.Node("Relu", wide), $"narrow{layer}", stack + "conv2/Tensordot/Reshape_1", path + "conv2/bias/ConcatPartitions/concat", Inner, Output);
        return _graph.Node("Add", x, narrow);
    }

    private void Pool(string x)
    {
        string sum = _graph.Node("ReduceSum", [_graph.Node("Mul", x, _mask), _graph.Longs(1)], [NodeAttribute.Integer("keepdims", 0)]);
        string length = _graph.Node("ReduceSum", [_mask, _graph.Longs(1)], [NodeAttribute.Integer("keepdims", 0)]);
        string mean = _graph.Node("Div", sum, _graph.Node("Max", length, _graph.Scalar(1f)));
        string weights = _graph.Weight("tanh", _weights.Tensor("/hidden_layers/tanh_layer_0/weights", Output, Output), Output, Output);
        string bias = _graph.Weight("tanh_bias", _weights.Tensor("/hidden_layers/tanh_layer_0/bias", Output), Output);
        string bent = _graph.Node("Tanh", _graph.Node("Add", _graph.Node("MatMul", mean, weights), bias));
        string square = _graph.Node("ReduceSum", [_graph.Node("Mul", bent, bent), _graph.Longs(1)], [NodeAttribute.Integer("keepdims", 1)]);
        string norm = _graph.Node("Sqrt", _graph.Node("Max", square, _graph.Scalar(1e-12f)));
        _graph.Node("Div", [bent, norm], [], "sentence_embedding");
    }

    private string Dense(string x, string name, string kernel, string bias, int rows, int columns)
    {
        string matrix = _graph.Weight(name, _weights.Tensor(Prefix + kernel, rows, columns), rows, columns);
        string offset = _graph.Weight(name + "_bias", _weights.Tensor(Prefix + bias, columns), columns);
        return _graph.Node("Add", _graph.Node("MatMul", x, matrix), offset);
    }

    private string Norm(string x, string path, int width)
    {
        string scale = _graph.Weight(path + "/scale", _weights.Tensor($"{Prefix}{path}/layer_norm/layer_norm_scale/ConcatPartitions/concat", width), width);
        string bias = _graph.Weight(path + "/bias", _weights.Tensor($"{Prefix}{path}/layer_norm/layer_norm_bias/ConcatPartitions/concat", width), width);
        return _graph.LayerNorm(x, scale, bias, Epsilon);
    }
}
