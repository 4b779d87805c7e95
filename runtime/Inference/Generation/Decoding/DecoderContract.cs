using System.Text.Json;
using ConfidentialOperator.Inference.Generation.Loading;
using ConfidentialOperator.Inference.Generation.Tensors;
using ConfidentialOperator.Protocol;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ConfidentialOperator.Inference.Generation.Decoding;

/// <summary>What a decoder takes and gives, found in the model and not assumed.</summary>
internal sealed record DecoderContract
{
    private const string UseCacheBranch = "use_cache_branch";
    private const string LogitsToKeep = "num_logits_to_keep";

    /// <summary>Gets the inputs but for the cache, in order, each with what it is.</summary>
    public required IReadOnlyList<(string Name, DecoderInput Kind, TensorElementType Type)> Inputs { get; init; }

    /// <summary>Gets the cache.</summary>
    public required IReadOnlyList<CacheSlot> Cache { get; init; }

    /// <summary>Gets the output with the logits.</summary>
    public required string Logits { get; init; }

    /// <summary>Gets the type of the logits.</summary>
    public required TensorElementType LogitsType { get; init; }

    /// <summary>Gets the number of tokens that there are.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Gets whether the model gives logits for the last token only.</summary>
    public required bool LastLogitsOnly { get; init; }

    /// <summary>Reads the contract; throws <see cref="ModelFormatException"/>.</summary>
    public static DecoderContract Read(InferenceSession session, DecoderNames names, JsonElement? config)
    {
        var inputs = new List<(string Name, DecoderInput Kind, TensorElementType Type)>();
        var cache = new List<CacheSlot>();
        foreach (string name in session.InputNames)
        {
            NodeMetadata node = session.InputMetadata[name];
            if (Kind(names, name) is { } kind) inputs.Add((name, kind, Integer(name, kind, node)));
            else if (names.PresentOf(name, session.OutputNames) is { } present) cache.Add(Slot(name, present, node, config));
            else throw new ModelFormatException(
                RefusalReason.ModelInputsUnknown, $"The input \"{name}\" is not one of a decoder, and no output comes back as it; export a decoder with past key values.");
        }

        if (inputs.All(input => input.Kind != DecoderInput.Ids))
            throw new ModelFormatException(RefusalReason.ModelInputsUnknown, $"A decoder must have the input \"{names.Ids}\"; the model has {string.Join(", ", session.InputNames)}.");
        if (cache.Count == 0) throw new ModelFormatException(
            RefusalReason.ModelInputsUnknown, "The decoder has no past key values, so each token would cost the whole prompt again; export it with a cache.");
        return WithLogits(session, names, config, inputs, cache);
    }

    private static DecoderContract WithLogits(
        InferenceSession session, DecoderNames names, JsonElement? config, List<(string, DecoderInput Kind, TensorElementType)> inputs, List<CacheSlot> cache)
    {
        if (!session.OutputMetadata.TryGetValue(names.Logits, out NodeMetadata? logits) || !logits.IsTensor || logits.Dimensions.Length != 3
            || FloatTensors.Size(logits.ElementDataType) == 0)
            throw ModelFormatException.Model($"A decoder must have the output \"{names.Logits}\" of float numbers with three dimensions; export the model again.");
        int vocabulary = logits.Dimensions[2] > 0 ? logits.Dimensions[2] : config?.Count("vocab_size")
            ?? throw ModelFormatException.Model($"Neither the output \"{names.Logits}\" nor config.json says how many tokens there are; add vocab_size to config.json.");
        return new DecoderContract
        {
            Inputs = inputs,
            Cache = cache,
            Logits = names.Logits,
            LogitsType = logits.ElementDataType,
            Vocabulary = vocabulary,
            LastLogitsOnly = logits.Dimensions[1] == 1 || inputs.Any(input => input.Kind == DecoderInput.LogitsToKeep),
        };
    }

    private static DecoderInput? Kind(DecoderNames names, string name)
    {
        if (name == names.Ids) return DecoderInput.Ids;
        if (name == names.Mask) return DecoderInput.Mask;
        if (name == names.Positions) return DecoderInput.Positions;
        return name switch { UseCacheBranch => DecoderInput.UseCache, LogitsToKeep => DecoderInput.LogitsToKeep, _ => null };
    }

    private static TensorElementType Integer(string name, DecoderInput kind, NodeMetadata node)
    {
        bool fits = kind == DecoderInput.UseCache
            ? node.ElementDataType == TensorElementType.Bool
            : node.ElementDataType is TensorElementType.Int64 or TensorElementType.Int32;
        int rank = kind switch { DecoderInput.UseCache => 1, DecoderInput.LogitsToKeep => node.Dimensions?.Length ?? 0, _ => 2 };
        if (node.IsTensor && fits && node.Dimensions!.Length == rank && rank <= 2) return node.ElementDataType;
        throw new ModelFormatException(
            RefusalReason.ModelInputsUnknown, $"The input \"{name}\" has a type or a shape that a decoder's has not; export the model with int64 ids of two dimensions.");
    }

    /// <summary>The first open dimension is the batch, the second counts tokens; sizes that the model leaves open are in its configuration.</summary>
    private static CacheSlot Slot(string past, string present, NodeMetadata node, JsonElement? config)
    {
        if (!node.IsTensor || FloatTensors.Size(node.ElementDataType) == 0) throw Unreadable(past);
        long[] shape = Sizes(node, config);
        int[] open = [.. Enumerable.Range(0, shape.Length).Where(axis => shape[axis] < 0)];
        if (open.Length is 0 or > 2) throw Unreadable(past);
        bool fixedBatch = open.Length == 1 && open[0] > 0 && shape[0] == 1;
        int tokens = fixedBatch ? open[0] : open.ElementAtOrDefault(1) is var second and > 0 ? second : -1;
        shape[open[0]] = fixedBatch ? 0 : 1;
        if (tokens >= 0) shape[tokens] = 0;
        return new CacheSlot(past, present, node.ElementDataType, shape, tokens);
    }

    private static long[] Sizes(NodeMetadata node, JsonElement? config)
    {
        long[] shape = [.. node.Dimensions.Select(length => (long)length)];
        if (shape.Length != 4 || shape.Count(length => length < 0) <= 2) return shape;
        if (shape[1] < 0) shape[1] = config?.Count("num_key_value_heads") ?? config?.Count("num_attention_heads") ?? -1;
        if (shape[3] < 0) shape[3] = config?.Count("head_dim") ?? HeadSize(config) ?? -1;
        return shape;
    }

    private static int? HeadSize(JsonElement? config) =>
        config?.Count("hidden_size") is { } hidden && config?.Count("num_attention_heads") is { } heads ? hidden / heads : null;

    private static ModelFormatException Unreadable(string past) => new(
        RefusalReason.ModelInputsUnknown, $"The cache input \"{past}\" has a type or a shape that this version does not know; export it with float numbers and [batch, heads, tokens, size].");
}
